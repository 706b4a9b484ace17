"""What lint says of trees is true: a condition that it takes for implied holds wherever the other one does."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Document, load_rules
from rules.lint.base import Subject
from rules.lint.conditions import SubsumedBranches
from rules.lint.contradictions import Contradictions
from rules.lint.tree import Reasoner
from tests.rules.workshop import LEXICON, folder_of, rule_text

GROUPS = LEXICON + "groups:\n  both: {of: [$putin, $kim]}\n"
NAMES = st.sampled_from(["$putin", "$kim", "$visit", "$both", "كلمة"])
WORDS = st.lists(st.sampled_from(["بوتين", "كيم جونغ أون", "زيارة", "كلمة", "غير", "."]), max_size=7).map(
    " ".join
)


def _near(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    body = st.fixed_dictionaries(
        {"within": st.integers(1, 4), "of": st.lists(parts, min_size=2, max_size=2)},
        optional={"order": st.just("as_written")},
    )
    return body.map(lambda near: {"near": near})


ELEMENTS = st.recursive(
    NAMES,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda of: {"any": of}), _near(parts)
    ),
    max_leaves=3,
)


def _deeper(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        listed.map(lambda of: {"all": of}),
        listed.map(lambda of: {"any": of}),
        listed.map(lambda of: {"in": "title", "all": of}),
        listed.map(lambda of: {"at_least": {"n": len(of), "of": of}}),
        listed.map(lambda of: {"all": [of[0], {"none": of}]}),
        st.tuples(parts, parts).map(
            lambda of: {
                "score": {"needs": 1, "of": [{"when": of[0], "points": 1, "required": True}, {"when": of[1]}]}
            }
        ),
        _near(ELEMENTS),
        st.lists(ELEMENTS, min_size=2, max_size=2).map(lambda of: {"same_sentence": of}),
    )


CONDITIONS = st.recursive(NAMES, _deeper, max_leaves=5)


@settings(suppress_health_check=list(HealthCheck), max_examples=250, deadline=None)
@given(CONDITIONS, CONDITIONS, st.lists(st.tuples(WORDS, WORDS), min_size=4, max_size=8))
def test_what_is_implied_holds(
    tmp_path_factory: pytest.TempPathFactory, one: Any, other: Any, texts: list[tuple[str, str]]
) -> None:
    """For any two conditions: where lint says that one is implied by the other, no document tells otherwise."""
    given_too = {"any": [one, {"all": [one, other]}]}
    rules = [rule_text(json.dumps(match, ensure_ascii=False), rule=name) for name, match in
             (("a-rule", {"any": [one]}), ("b-rule", {"any": [other]}), ("c-rule", given_too))]  # fmt: skip
    loaded = load_rules(folder_of(tmp_path_factory.mktemp("trees"), *rules, lexicon=GROUPS))
    shapes = {rule.shape.rule: rule.shape.match for rule in loaded.loaded}
    if not {"a-rule", "b-rule"} <= shapes.keys():
        return  # such as one that looks for nothing
    reasoner = Reasoner(Subject(loaded).groups)
    says = reasoner.holds(shapes["b-rule"], reasoner.implied(shapes["a-rule"]))
    for title, body in texts if says else ():
        document = Document(title=title, body=body)
        if loaded.rule_set.verdict("a-rule", document):
            assert loaded.rule_set.verdict("b-rule", document), document
    if "c-rule" in shapes:
        assert [found.code for found in SubsumedBranches().look(Subject(loaded))]


def test_the_same_said_in_other_words() -> None:
    """A phrase in short and at length is one; what stands in a field is another; a reason changes nothing."""
    from rules.condition_shapes import PhraseCondition, PhraseWithout

    key = Reasoner({}).key
    assert (
        key("$putin")
        == key(PhraseCondition(phrase="$putin"))
        == key(PhraseWithout(phrase="$putin", because="x"))
    )
    assert key("$putin") != key(PhraseCondition.model_validate({"phrase": "$putin", "in": "title"}))


def test_many_branches_are_compared_in_bounded_time(tmp_path: Path) -> None:
    """Thousands of branches, simple ones and others."""
    branches = ", ".join(
        [f"كلمة{n}" for n in range(2000)] + [f"{{all: [$putin, كلمة{n}]}}" for n in range(2000)]
    )
    loaded = load_rules(folder_of(tmp_path, rule_text(f"{{any: [{branches}]}}")))
    found = list(SubsumedBranches().look(Subject(loaded)))
    assert len(found) == 2000


@pytest.mark.parametrize(
    ("match", "parts", "found"),
    [
        ("all: [{}]", ["كلمة, {{none: [كلمة]}}"] * 1500, 4498),
        ("all: [{}]", ["كلمة{n}, {{none: [غير{n}]}}"] * 1500, 0),
        ("any: [{}]", ["{{near: {{within: 5, of: [ك{n}, ب{n}]}}}}"] * 1500, 0),
        ("any: [{}]", ["{{near: {{within: 5, of: [ك, ب{n}]}}}}, {{near: {{within: 6, of: [ك, ب{n}]}}}}"] * 700, 700),
        ("any: [{}]", ["{{all: [ك, ب{n}]}}"] * 2000, 0),
        ("all: [{}]", ["{{any: [ك, ب{n}]}}"] * 2000, 0),
        ("all: [ك, {}]", ["{{where: {{sources: [ك, ب{n}]}}}}"] * 1500, 0),
    ],
)  # fmt: skip
def test_long_rules_are_compared_soon(tmp_path: Path, match: str, parts: list[str], found: int) -> None:
    """A rule of thousands of parts costs little more than reading it, whatever the parts have in common."""
    written = ", ".join(part.format(n=n) for n, part in enumerate(parts))
    loaded = load_rules(folder_of(tmp_path, rule_text(f"{{{match.replace('{}', written)}}}")))
    assert not [one for one in loaded.problems if one.level == "error"], loaded.problems
    subject, begun = Subject(loaded), time.process_time()
    told = [one for check in (Contradictions, SubsumedBranches) for one in check().look(subject)]
    assert time.process_time() - begun < 5
    assert len(told) == found


def test_what_is_compared_is_bounded(tmp_path: Path) -> None:
    """Where every condition may imply every other, comparing ends; what was found until then is told."""
    of = [f"{{any: [ك, {{near: {{within: {n % 200 + 1}, of: [ك, ب, ت{n}]}}}}]}}" for n in range(1500)]
    loaded = load_rules(folder_of(tmp_path, rule_text(f"{{any: [ك, {', '.join(of)}]}}")))
    begun = time.process_time()
    list(SubsumedBranches().look(Subject(loaded)))
    assert time.process_time() - begun < 10
