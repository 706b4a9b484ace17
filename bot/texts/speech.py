"""Choosing words, and the small phrases that alerts and answers share."""

from typing import Protocol

from bot.texts.arabic import ARABIC
from bot.texts.bidi import LRM, fence
from bot.texts.clean import clean, clip
from bot.texts.english import ENGLISH
from bot.texts.language import Language
from bot.texts.markup import Run
from bot.texts.words import Words

_LANGUAGES: dict[Language, Words] = {"ar": ARABIC, "en": ENGLISH}

LONGEST_NAME = 100  # UTF-16 units of an outlet's or a rule's name in a message


class Titled(Protocol):
    """A rule, as far as its name matters here."""

    @property
    def title(self) -> str:
        """Its Arabic name."""

    @property
    def title_en(self) -> str:
        """Its English name, or ``""``."""


def words_of(language: Language) -> Words:
    """All sentences of a language."""
    return _LANGUAGES[language]


def severity_word(words: Words, severity: str) -> str:
    """A severity's name with its colour; an unknown one is called by its own word."""
    word: str = getattr(words.severity, severity, severity)
    return word


def title_of(rule: Titled, language: Language) -> str:
    """A rule's title in ``language``, or the one it has."""
    return (rule.title_en or rule.title) if language == "en" else rule.title


def name(text: str, words: Words, *, units: int = LONGEST_NAME) -> str:
    """A name from outside (an outlet's, a rule's) as one safe piece of a line."""
    return fence(clip(clean(text).text, units), rtl=words.rtl)


def command(text: str) -> Run:
    """A command in a sentence; the mark keeps its slash in front of it in an Arabic line."""
    return Run(f"{LRM}/{text}")
