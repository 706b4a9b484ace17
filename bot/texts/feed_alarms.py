"""What admins read of feeds that answer, and are nevertheless not well."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.texts.bidi import fence
from bot.texts.clean import clip
from bot.texts.language import Language
from bot.texts.markup import Message, Run, bold, fill, lines, message
from bot.texts.speech import name, words_of
from bot.texts.words import Words

MOST_NAMED = 6  # in one message; the others are counted
ADDRESS_UNITS = 200


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm: a ``FeedAlarmWords`` field's name, about so many entries of a feed; the names may be hostile, the
    address is the catalogue's."""

    kind: str
    entries: int
    outlet: str
    outlet_ar: str
    url: str


def alarms_page(language: Language, alarms: Sequence[AlarmLine]) -> Message:
    """What is wrong, feed by feed; one message long."""
    words = words_of(language)
    left = len(alarms) - MOST_NAMED
    parts = [lines(bold(words.feed_alarms.title)), *(_alarm(words, one) for one in alarms[:MOST_NAMED])]
    if left > 0:
        parts.append(fill(words.feed_alarms.more, count=str(left)))
    runs: list[Run] = []
    for part in parts:
        runs += [*([Run("\n\n")] if runs else []), *part]
    return message(runs)


def _alarm(words: Words, one: AlarmLine) -> list[Run]:
    said = words.feed_alarms
    outlet = (one.outlet_ar if words.rtl else one.outlet) or one.outlet or one.outlet_ar
    sentence: str = getattr(said, one.kind)
    return lines(
        fill(said.feed, outlet=name(outlet, words)) if outlet else "",
        fill(sentence, count=str(one.entries)),
        fill(said.address, url=fence(clip(one.url, ADDRESS_UNITS), rtl=words.rtl)),
    )
