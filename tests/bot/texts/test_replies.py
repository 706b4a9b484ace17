"""Answers: each is deliverable, and in Arabic each line runs from the right, whatever is put in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.texts import replies
from bot.texts.language import Language
from bot.texts.latest import PastAlert, latest_page
from bot.texts.markup import Message
from bot.texts.replies import RuleEntry
from bot.texts.speech import words_of
from tests.bot.texts.telegram_html import deliverable, lines_from_the_right

AT = datetime(2024, 6, 18, 18, 30, tzinfo=UTC)
NASTY = [
    "زيارات بوتين",
    "KN-23 <launch> & more.",
    "\u202eمقلوب\u0000",
    "x" * 5000,
    "2024-06-19",
    "",
    "@desk /start https://a.example",
]


@dataclass(frozen=True)
class Titled:
    """A rule's names."""

    title: str
    title_en: str = ""


def _entries() -> list[RuleEntry]:
    return [
        RuleEntry(number, text, text, "high", bool(number % 2)) for number, text in enumerate(NASTY, start=1)
    ]


def _answers(language: Language) -> Iterator[Message]:
    words = words_of(language)
    rules = [Titled(text, text) for text in NASTY]
    yield replies.welcome(language, group=False)
    yield replies.welcome(language, group=True)
    yield replies.welcome(language, group=True, topics=True)
    yield replies.help_page(language, [("start", words.commands.start), ("lang", words.commands.lang)])
    for entries in ([], _entries()):
        for follows_all in (False, True):
            yield replies.rules_page(
                language, entries, total=len(entries), page=0, pages=2, follows_all=follows_all
            )
            for idle in ([], NASTY):
                yield replies.followed_page(language, entries, idle, follows_all=follows_all)
    for asked in NASTY:
        yield replies.unknown_rule(language, asked, rules)
        yield replies.named(words.talk.followed_now, [asked], language)
    yield replies.named(words.talk.not_followed, NASTY * 30, language)
    alerts = [PastAlert("critical", text, "https://a.example/" + "p" * 500, text, AT) for text in NASTY]
    yield latest_page(language, (alerts * 3)[:20], of_all=True)
    yield latest_page(language, [], of_all=False)


@pytest.mark.parametrize("check", [deliverable, lines_from_the_right])
def test_arabic_answers(check: Callable[[Message], None]) -> None:
    """Every Arabic answer is one that Telegram takes, and is laid out from the right."""
    for answer in _answers("ar"):
        check(answer)


def test_english_answers() -> None:
    """Every English answer is one that Telegram takes."""
    for answer in _answers("en"):
        deliverable(answer)


def test_commands_keep_their_slash_in_an_arabic_line() -> None:
    """Every command in a sentence stands behind a left-to-right mark; without one its slash changes sides."""
    for answer in _answers("ar"):
        for index, char in enumerate(answer.plain):
            if (
                char == "/"
                and answer.plain[index + 1 : index + 5].isascii()
                and answer.plain[index + 1].isalpha()
            ):
                assert answer.plain[index - 1] in "\u200e<", answer.plain


def test_messages_below_each_other() -> None:
    """Two messages as one keep their markup."""
    joined = replies.below(replies.say("أول"), replies.named(words_of("ar").talk.followed_now, ["<ب>"], "ar"))
    assert joined.html == "أول\n\nبدأت متابعة القاعدة: <b>&lt;ب&gt;</b> ✅"
    deliverable(joined)


def test_an_english_reader_sees_the_arabic_title_where_there_is_no_other() -> None:
    """A rule without an English title is called by its Arabic one."""
    assert "زيارات" in replies.unknown_rule("en", "x", [Titled("زيارات بوتين")]).plain
    assert "Putin" in replies.unknown_rule("en", "x", [Titled("زيارات بوتين", "Putin's visits")]).plain
