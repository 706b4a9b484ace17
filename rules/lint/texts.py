"""Checks of what is written anywhere: marks that nobody sees, hashtags that are none, blanks."""

from collections.abc import Iterator
from typing import Any

from rules.blanks import unfilled
from rules.codes import problem
from rules.lint.base import Check, Subject
from rules.located import Where
from rules.mends import QUOTED
from rules.model import Problem
from rules.refusals import value_at
from rules.signs import HIDDEN, TATWEEL, shown


class HiddenMarks(Check):
    """A006: an invisible mark or a tatweel, in any text but examples, which say what others write."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Every such text, once; those of phrases and patterns have been told of while compiling (R007, R015)."""
        told = {(one.path, one.line, one.column) for one in subject.told if one.code in {"R007", "R015"}}
        for located in subject.files:
            for where, text in texts(located.data, ()):
                at = located.at(where)
                marks = sorted(set(HIDDEN.findall(text)))
                if (located.path, *at) not in told and (marks or TATWEEL.search(text)):
                    named = " ".join(map(shown, marks)) or "U+0640"
                    yield problem("A006", located.path, at, named, named, "احذفها؛ --fix يحذفها.")


class CutTexts(Check):
    """S019: a text ends before what looks like a hashtag, which is a comment to YAML."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Texts in Arabic, and titles; names and settings are whole without it."""
        for located in subject.files:
            for where, at in located.cut.items():
                text = value_at(located.data, where) if located.data is not None else ""
                if isinstance(text, str) and (not text.isascii() or where[-1] in {"title", "title_en"}):
                    hint = "إن كان الوسم من النص فضع النص كله بين علامتي تنصيص؛ وإن كان تعليقًا فافصله: # كذا."
                    yield problem("S019", located.path, at, f"بعد «{text}»", f"behind '{text}'", hint)


class Unfilled(Check):
    """S022: the blanks of a rule that is not live yet."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Of drafts and rules in shadow; a live rule that has one is refused (S021)."""
        for rule in subject.rules:
            yield from unfilled(rule.shape, rule.located, live=False)


def texts(data: Any, where: Where) -> Iterator[tuple[Where, str]]:
    """Every text of a file with the way to it, but for what others have written."""
    if isinstance(data, str):
        yield where, data
    elif isinstance(data, list):
        for number, one in enumerate(data):
            yield from texts(one, (*where, number))
    elif isinstance(data, dict):
        for key, one in data.items():
            if where or key not in QUOTED:
                yield from texts(one, (*where, key))
