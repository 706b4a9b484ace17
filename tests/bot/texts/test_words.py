"""The catalogue of sentences: two languages of one shape."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from string import Formatter

import pytest

from bot.texts.arabic import ARABIC
from bot.texts.english import ENGLISH
from bot.texts.language import Plural
from bot.texts.words import Words

# Parts of a line that are put into others, and so need not begin one.
_INNER = {"alert.head", "alert.word", "alert.rule_and_severity", "talk.help_line", "talk.latest_line"}
_COLOUR = re.compile(r"[🔵🟡🟠🔴]")


def sentences(words: Words) -> Iterator[tuple[str, str]]:
    """Every sentence with its name, plural forms one by one."""
    for part in (
        "severity",
        "alert",
        "commands",
        "talk",
        "wishes",
        "buttons",
        "rule_news",
        "outbox",
        "feed_news",
    ):
        yield from _of(part, getattr(words, part))


def _of(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
        return
    assert dataclasses.is_dataclass(value)
    for field in dataclasses.fields(value):
        yield from _of(f"{path}.{field.name}", getattr(value, field.name))


def _holes(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def _holes_by_name(words: Words) -> dict[str, set[str]]:
    holes: dict[str, set[str]] = {}
    for path, sentence in sentences(words):
        base = re.sub(r"\.(zero|one|two|few|many|other)$", "", path)
        holes.setdefault(base, set()).update(_holes(sentence) - {"n"})
    return holes


def test_both_languages_say_the_same_things() -> None:
    """Each sentence takes the same values in both languages."""
    assert _holes_by_name(ARABIC) == _holes_by_name(ENGLISH)


def test_arabic_knows_every_plural_form() -> None:
    """No Arabic plural falls back on another form."""
    empty = [path for path, sentence in sentences(ARABIC) if not sentence]
    assert empty == []


@pytest.mark.parametrize("words", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_plural_forms_take_the_same_values(words: Words) -> None:
    """Whatever the count, a sentence has the same holes, the count itself apart."""
    for part in (words.alert, words.talk, words.rule_news):
        for field in dataclasses.fields(part):
            forms = getattr(part, field.name)
            if isinstance(forms, Plural):
                used = [getattr(forms, form.name) for form in dataclasses.fields(forms)]
                assert len({frozenset(_holes(one) - {"n"}) for one in used if one}) == 1, field.name


def test_arabic_sentences_begin_with_an_arabic_word() -> None:
    """Telegram lays each out from the right."""
    for path, sentence in sentences(ARABIC):
        if path not in _INNER:
            assert unicodedata.bidirectional(sentence[0]) == "AL", (path, sentence)


@pytest.mark.parametrize("words", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_severities_carry_their_colours(words: Words) -> None:
    """A severity is told by a word and a colour, each its own."""
    shown = [value for path, value in sentences(words) if path.startswith("severity.")]
    assert len({_COLOUR.findall(one)[0] for one in shown}) == 4


@pytest.mark.parametrize("words", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_menu_lines_fit(words: Words) -> None:
    """What a command does fits Telegram's 256 characters, on one line."""
    for path, sentence in sentences(words):
        if path.startswith("commands."):
            assert 1 <= len(sentence) <= 256 and "\n" not in sentence, path
