"""Checks of examples that pass: do they prove anything?"""

from collections.abc import Iterator

from rules.codes import problem
from rules.conditions import any_open
from rules.lint.base import Check, Subject
from rules.loader import LoadedRule
from rules.model import Document, Problem, Status

FEWEST = 5  # of either kind, for a rule that rings; the guide asks for ten


class FewExamples(Check):
    """E006: a live rule with hardly an example."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Live rules with fewer than five of a kind."""
        for rule in subject.rules:
            given = {"match": rule.shape.examples.match, "no_match": rule.shape.examples.no_match}
            for key, examples in given.items():
                if rule.shape.status is Status.LIVE and 0 < len(examples) < FEWEST:
                    at = rule.located.at(("examples", key), key=True)
                    arabic, english = f"{len(examples)} في {key}", f"{len(examples)} in {key}"
                    yield problem(
                        "E006", rule.located.path, at, arabic, english, "أضف ما يكاد يطابق وما يكاد لا يطابق."
                    )


class IdleExamples(Check):
    """E007: no counter-example comes near: each lacks a word without which nothing can match."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """Live and shadow rules all of whose ``no_match`` would pass whatever the rule said beyond its words."""
        for rule in subject.rules:
            examples = rule.shape.examples.no_match
            running = rule.shape.status in (Status.LIVE, Status.SHADOW)
            if running and len(examples) >= FEWEST and not any(_near(subject, rule, one) for one in examples):
                at = rule.located.at(("examples", "no_match"), key=True)
                hint = "اكتب مثالًا فيه كلمات القاعدة كلها ولا يصح أن يطابق."
                yield problem("E007", rule.located.path, at, hint=hint)


class SameExamples(Check):
    """E008: an example that stands in the file already proves nothing more."""

    def look(self, subject: Subject) -> Iterator[Problem]:
        """The later of two examples of the same words, of whichever kind."""
        for rule in subject.rules:
            first: dict[str, int] = {}
            for key in ("match", "no_match", "todo_match", "todo_no_match"):
                for number, example in enumerate(getattr(rule.shape.examples, key)):
                    at = rule.located.at(("examples", key, number))
                    words = " ".join(" ".join((example.title, example.summary, example.body)).split())
                    if words and words in first:
                        place = f"«{words[:60]}» في السطر {first[words]}"
                        english = f"'{words[:60]}' on line {first[words]}"
                        yield problem("E008", rule.located.path, at, place, english, "احذف أحدهما.")
                    first.setdefault(words, at.line)


def _near(subject: Subject, rule: LoadedRule, example: object) -> bool:
    texts = {name: getattr(example, name) for name in ("title", "summary", "body")}
    found = subject.rule_set.hits(Document(**texts)).keys()
    return any_open(rule.compiled.ways, found)
