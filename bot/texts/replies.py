"""Answers to commands about what can be followed, and the greetings."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.texts.language import Language, Plural, plural
from bot.texts.markup import Message, Run, Value, bold, fill, lines, message
from bot.texts.speech import Titled, command, name, severity_word, title_of, words_of
from bot.texts.words import Words

ASKED_UNITS = 60  # of what somebody typed, when it is shown again
WHY_UNITS = 200
MOST_NAMED = 12  # rules named in one sentence


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule in the list of rules: its number there, and whether it is followed here."""

    number: int
    title: str
    why: str
    severity: str
    followed: bool


def say(sentence: str, **values: Value) -> Message:
    """One sentence of the catalogue as a message."""
    return message(fill(sentence, **values))


def below(*messages: Message) -> Message:
    """Several messages as one, with a blank line between them."""
    return Message("\n\n".join(one.html for one in messages), "\n\n".join(one.plain for one in messages))


def welcome(language: Language, *, group: bool, topics: bool = False) -> Message:
    """What Rasid is and where to go from here, for a person or for a ``group`` (that may have ``topics``)."""
    words = words_of(language)
    talk = words.talk
    hello = (
        lines(bold(talk.hello_group), talk.group_admins, talk.group_topics if topics else "")
        if group
        else lines(bold(talk.hello), talk.what_it_is)
    )
    return message(
        lines(
            hello,
            fill(talk.to_rules, command=command("rules")),
            fill(talk.to_help, command=command("help")),
            fill(talk.other_language, command=command("lang")),
        )
    )


def help_page(language: Language, commands: Sequence[tuple[str, str]]) -> Message:
    """All ``commands`` (name, what it does), with examples."""
    words = words_of(language)
    talk = words.talk
    every = "الكل" if words.rtl else "all"
    what = [fill(talk.help_line, command=command(one), text=text) for one, text in commands]
    examples = (
        fill(talk.example_follow_number, command=command("follow 1")),
        fill(talk.example_follow_all, command=command(f"follow {every}")),
        fill(talk.example_latest, command=command("latest 10")),
    )
    return _paragraphs([lines(bold(talk.help_title), *what), lines(bold(talk.help_examples), *examples)])


def rules_page(
    language: Language, entries: Sequence[RuleEntry], *, total: int, page: int, pages: int, follows_all: bool
) -> Message:
    """One page (from 0) of the rules that can be followed."""
    words = words_of(language)
    talk = words.talk
    if not total:
        return message(fill(talk.no_rules))
    heading = lines(
        bold(plural(language, total, talk.rules_title)),
        talk.follows_all if follows_all else "",
        fill(talk.rules_page, page=str(page + 1), pages=str(pages)) if pages > 1 else "",
    )
    return _paragraphs([heading, *(_rule(words, entry) for entry in entries)])


def _rule(words: Words, entry: RuleEntry) -> list[Run]:
    severity = words.talk.rule_followed if entry.followed else words.talk.rule_severity
    return lines(
        bold(_numbered(words, entry)),
        fill(severity, severity=severity_word(words, entry.severity)),
        fill(words.talk.rule_why, why=name(entry.why, words, units=WHY_UNITS)) if entry.why else "",
    )


def _paragraphs(parts: Sequence[list[Run]]) -> Message:
    runs: list[Run] = []
    for part in parts:
        runs += [*([Run("\n\n")] if runs else []), *part]
    return message(runs)


def named(sentence: Plural, rules: Sequence[str], language: Language) -> Message:
    """A sentence about rules, which are called by their titles."""
    return message(fill(plural(language, len(rules), sentence), rules=titles(rules, language)))


def titles(names: Sequence[str], language: Language) -> list[Run]:
    """Titles as a list in a sentence, each bold."""
    words = words_of(language)
    runs: list[Run] = []
    for one in names[:MOST_NAMED]:
        runs += [*([Run("، " if words.rtl else ", ")] if runs else []), *bold(name(one, words))]
    return [*runs, Run("…")] if len(names) > MOST_NAMED else runs


def unknown_rule(language: Language, asked: str, nearest: Sequence[Titled]) -> Message:
    """No rule is called so; perhaps one of ``nearest`` was meant."""
    words = words_of(language)
    meant = titles([title_of(rule, language) for rule in nearest], language)
    return message(
        lines(
            fill(words.talk.unknown_rule, asked=typed(asked, words)),
            fill(words.talk.did_you_mean, rules=meant) if meant else "",
            fill(words.talk.to_rules, command=command("rules")),
        )
    )


def typed(text: str, words: Words) -> str:
    """What somebody typed, as it can be shown again."""
    return words.alert.word.format(word=name(text, words, units=ASKED_UNITS))


def followed_page(
    language: Language, entries: Sequence[RuleEntry], idle: Sequence[str], *, follows_all: bool
) -> Message:
    """What a chat or topic follows: all rules, or ``entries``, one a line; the ``idle`` ones are not in force now."""
    words = words_of(language)
    talk = words.talk
    if not (entries or idle or follows_all):
        return message(fill(talk.follows_nothing, command=command("rules")))
    heading = bold(plural(language, len(entries), talk.list_title)) if entries else []
    return message(
        lines(
            talk.follows_all if follows_all else heading,
            *(_numbered(words, entry) for entry in ([] if follows_all else entries)),
            fill(plural(language, len(idle), talk.list_idle), rules=titles(idle, language)) if idle else "",
        )
    )


def _numbered(words: Words, entry: RuleEntry) -> list[Run]:
    return fill(words.talk.rule_number, number=str(entry.number), title=name(entry.title, words))
