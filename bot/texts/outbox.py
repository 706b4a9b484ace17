"""What the bot's admins read of deliveries: a page of those that did not end well, and news of new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.texts.language import Language, instant
from bot.texts.markup import Message, Run, bold, fill, lines, message
from bot.texts.speech import command, name, words_of
from bot.texts.words import Words

TITLE_UNITS, REASON_UNITS = 120, 160
MOST_NAMED = 5  # of each sort in one message of news; the others are counted
TAIL = 4  # digits of a chat's number: enough to tell chats apart, too few to find one


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom something was for: a chat, or (``thread_id`` above 0, or of a forum) one topic of it."""

    chat_id: int
    kind: str
    in_topic: bool = False


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """A delivery that is of unknown fate (``uncertain``) or did not arrive; texts may be hostile."""

    number: int
    uncertain: bool
    title: str
    reason: str
    to: Addressee
    at: datetime


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """A chat or topic that nothing is written to any more."""

    who: Addressee
    reason: str


def outbox_page(language: Language, troubles: Sequence[TroubleLine], *, uncertain: int, dead: int) -> Message:
    """A page of them, with how many there are of each sort in all."""
    words = words_of(language)
    if not troubles:
        return message(fill(words.outbox.nothing))
    head = lines(bold(words.outbox.title), *_counts(words, uncertain, dead))
    return _paragraphs([head, *(_trouble(words, one, at_length=True) for one in troubles)])


def news_page(
    language: Language, troubles: Sequence[TroubleLine], parked: Sequence[ParkedLine], *, how_to: bool = True
) -> Message:
    """What went wrong since the last news: counts, and the first few of each sort."""
    words = words_of(language)
    outbox = words.outbox
    uncertain = sum(one.uncertain for one in troubles)
    topics = sum(one.who.in_topic for one in parked)
    head = lines(
        bold(outbox.news),
        *_counts(words, uncertain, len(troubles) - uncertain),
        _count(outbox.parked_chats, len(parked) - topics),
        _count(outbox.parked_topics, topics),
    )
    unnamed = max(0, len(troubles) - MOST_NAMED) + max(0, len(parked) - MOST_NAMED)
    tail = lines(
        _count(outbox.more, unnamed),
        fill(outbox.to_outbox, command=command("outbox")) if troubles and how_to else "",
    )
    return _paragraphs(
        [
            head,
            *(_trouble(words, one, at_length=False) for one in troubles[:MOST_NAMED]),
            *(_parked(words, one) for one in parked[:MOST_NAMED]),
            tail,
        ]
    )


def silent_note(language: Language, reason: str) -> Message:
    """Why a delivery cannot be sent again."""
    words = words_of(language)
    return message(fill(words.outbox.silent, reason=name(reason, words, units=REASON_UNITS)))


def addressee(words: Words, who: Addressee) -> str:
    """A chat as far as it should be shown: its kind, and the end of its number."""
    kinds = {"private": words.outbox.private, "channel": words.outbox.channel}
    tail = str(abs(who.chat_id))[-TAIL:]
    chat = kinds.get(who.kind, words.outbox.group).format(tail=tail)
    return words.outbox.topic.format(chat=chat) if who.in_topic else chat


def _trouble(words: Words, one: TroubleLine, *, at_length: bool) -> list[Run]:
    outbox = words.outbox
    head = outbox.entry_uncertain if one.uncertain else outbox.entry_dead
    title = name(one.title, words, units=TITLE_UNITS) or words.alert.untitled
    return lines(
        bold(fill(head, number=str(one.number))),
        fill(outbox.alert, title=title),
        fill(outbox.reason, reason=name(one.reason, words, units=REASON_UNITS)) if one.reason else "",
        fill(outbox.to, chat=addressee(words, one.to), when=instant(one.at, words.language))
        if at_length
        else "",
    )


def _parked(words: Words, one: ParkedLine) -> list[Run]:
    return lines(
        bold(fill(words.outbox.parked, chat=addressee(words, one.who))),
        fill(words.outbox.reason, reason=name(one.reason, words, units=REASON_UNITS)) if one.reason else "",
    )


def _counts(words: Words, uncertain: int, dead: int) -> tuple[list[Run], list[Run]]:
    return _count(words.outbox.uncertain, uncertain), _count(words.outbox.dead, dead)


def _count(sentence: str, count: int) -> list[Run]:
    return fill(sentence, count=str(count)) if count else []


def _paragraphs(parts: Sequence[list[Run]]) -> Message:
    runs: list[Run] = []
    for part in parts:
        if part:
            runs += [*([Run("\n\n")] if runs else []), *part]
    return message(runs)
