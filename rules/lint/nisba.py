"""A007: a country whose adjective no lexicon knows."""

from collections.abc import Iterator

from rules.arabic import fold_tokens
from rules.arabic.clitics import ARTICLE
from rules.arabic.nisba import nisba_forms
from rules.lint.base import Check, Subject
from rules.lint.countries import adjectives
from rules.model import Problem
from rules.schema import Entity


class MissingNisba(Check):
    """A007: news says القوات الروسية as often as روسيا, and a name alone does not find it."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Entities called by a country's name, without ``nisba``, where nothing else has the adjective."""
        known = {_plain(one.text) for one in subject.spelled}
        for one in subject.spelled:
            definition = subject.lexicon.definitions[one.name]
            adjective = adjectives().get(tuple(fold_tokens(one.text)))
            if one.where[-1] != "name" or adjective is None:
                continue
            has = isinstance(definition, Entity) and definition.nisba
            if not has and not any(_plain(form) in known for form in nisba_forms(adjective)):
                hint = f"أضف nisba وتحتها «{adjective}»، ونادها بـ ${one.name}.nisba."
                yield subject.in_lexicon("A007", one, f"«{adjective}»", f"'{adjective}'", hint)


def _plain(text: str) -> tuple[str, ...]:
    """A text folded, its words without the article."""
    return tuple(word.removeprefix(ARTICLE) for word in fold_tokens(text))
