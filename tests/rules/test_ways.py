"""The ways of a condition: that judging by them is cheap, and never loses what a search of every rule would find."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import prod
from pathlib import Path

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Document, Match, RuleSet, Severity, Status
from rules.compiled import CompiledRule, Without, remaining
from rules.conditions import All, AnyOf, Condition, NoneOf, Page, PatternFound, TermFound, View, Ways, Where
from rules.conditions.ways import ANYWHERE, MOST, MOST_NEEDS, any_open, coarse, each, either
from rules.finder import covered
from rules.model import FIELDS, RuleInfo
from rules.phrases import Term, names, noun
from tests.rules import slow_finder
from tests.rules.test_trees import trees

TERMS = [
    Term("$putin", tuple(names("بوتين", foreign=False))),
    Term("$kim", tuple(names("كيم جونغ أون", foreign=True)), tuple(names("كيم جونغ أون الجد", foreign=True))),
    Term("زيارة", (noun("زيارة"), noun("سفر"))),  # type: ignore[arg-type]
    Term("روسيا", (noun("روسيا"),)),  # type: ignore[arg-type]
    Term("صاروخ باليستي", (noun("صاروخ باليستي"),)),  # type: ignore[arg-type]
]
WORDS = [
    "وبوتين",
    "بوتينغراد",
    "كيم",
    "جونج-أون",
    "الجد.",
    "بزيارته",
    "السفر،",
    "وروسيا",
    "روسياف!",
    "بالصاروخ",
    "الباليستي",
    "صاروخ",
    "مطر",
]
SEEN = datetime(2024, 6, 18, 12, tzinfo=UTC)

texts = st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join)
documents = st.builds(
    Document,
    title=texts,
    summary=texts,
    body=texts,
    feed=st.sampled_from(["راصد", "other"]),
    country=st.sampled_from(["", "EG"]),
    published=st.sampled_from([None, SEEN - timedelta(days=2), SEEN]),
    seen=st.just(SEEN),
)
beside = st.sampled_from(
    [
        Where(sources=frozenset(["راصد"])),
        Where(countries=frozenset(["EG"])),
        Where(max_age=timedelta(days=1)),
        PatternFound(re2.compile(r"\p{L}{5}"), r"\p{L}{5}"),
    ]
)
conditions: st.SearchStrategy[Condition] = st.one_of(
    trees,
    st.builds(lambda tree, one: All((tree, one)), trees, beside),
    st.builds(lambda tree, other, one: AnyOf((tree, All((other, one)))), trees, trees, beside),
).filter(lambda tree: all(tree.ways()))
exclusions = st.lists(st.builds(Without, conditions, st.just("x")), max_size=1).map(tuple)
INFO = RuleInfo("", "", "", "", "", Severity.LOW, Status.LIVE, "h", "topic", Path("a.yaml"))


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(conditions, exclusions, conditions), min_size=1, max_size=4), exclusions, documents)
def test_what_is_not_judged_would_not_have_held(
    given_rules: list[tuple[Condition, tuple[Without, ...], Condition]],
    filters: tuple[Without, ...],
    document: Document,
) -> None:
    """Whatever rules and filters ask, of whatever fields: the set finds what judging each on every hit finds."""
    rules = [
        CompiledRule(replace(INFO, id=f"rule-{number}"), match, without, ((worse, Severity.HIGH),))
        for number, (match, without, worse) in enumerate(given_rules)
    ]
    rule_set = RuleSet(rules, TERMS, filters=filters)
    page = Page(document)
    whole = _without(View(slow_finder.find(TERMS, document.texts), page=page), filters)
    matches = rule_set.match(document)
    expected = [told for rule in rules if (told := _judged(rule, whole))]
    assert [(one.rule, one.severity, _words(one, page)) for one in matches] == expected
    assert [one for rule in rules if (one := rule_set.verdict(rule.info.id, document))] == matches


def _judged(rule: CompiledRule, whole: View) -> tuple[str, Severity, set[tuple[int, int]]] | None:
    """A rule by its meaning alone: its exclusions first, then its tree over what is left."""
    left = _without(whole, rule.without)
    found = rule.match.find(left)
    ((worse, severity),) = rule.escalate
    return (
        (rule.info.id, severity if worse.find(left) is not None else Severity.LOW, covered(found))
        if found
        else None
    )


def _without(view: View, exclusions: tuple[Without, ...]) -> View:
    return remaining(view, exclusions, range(len(TERMS)))


def _words(match: Match, page: Page) -> set[tuple[int, int]]:
    """The words of some evidence, each as field and number."""
    numbers = [(FIELDS.index(one.field), one.start, one.end) for one in match.evidence]
    return {
        (field, at) for field, start, end in numbers for at in range(*page.words_at(field, start, end) or ())
    }


def _need(*terms: int) -> frozenset[int]:
    return frozenset(terms)


def _terms(*numbers: int) -> tuple[TermFound, ...]:
    return tuple(TermFound(number, f"${number}") for number in numbers)


def test_each_part_of_an_any_is_a_way() -> None:
    """Something of both parts is no way, and what asks for a single term is a way with its like."""
    a, b, c, d, e = _terms(0, 1, 2, 3, 4)
    tree = AnyOf((All((a, b)), All((c, d)), e))
    assert set(tree.ways()) == {(_need(0), _need(1)), (_need(2), _need(3)), (_need(4),)}
    assert not any_open(tree.ways(), {0, 2})
    assert any_open(tree.ways(), {2, 3}) and any_open(tree.ways(), {4})


def test_a_way_that_another_opens_is_left_out() -> None:
    """Who wants one of two needs not ask whether both are there; who wants both need not ask for either."""
    a, b = _terms(0, 1)
    assert AnyOf((All((a, b)), a)).ways() == ((_need(0),),)
    assert All((AnyOf((a, b)), a)).ways() == ((_need(0),),)
    assert All((a, NoneOf((b,)))).ways() == ((_need(0),),)
    assert AnyOf((a, NoneOf((b,)))).ways() == ANYWHERE


def test_what_can_never_hold_has_no_way() -> None:
    """An ``any`` of nothing, and whatever asks for it."""
    (a,) = _terms(0)
    assert AnyOf(()).ways() == All((a, AnyOf(()))).ways() == ()
    assert not any_open((), {0})


def test_a_condition_of_very_many_ways_has_one() -> None:
    """Asking must stay cheap, however a tree multiplies."""
    pairs = [_terms(number, 1000 + number) for number in range(2 * MOST)]
    assert AnyOf(tuple(map(All, pairs))).ways() == ((_need(*range(2 * MOST)),),)
    several = All(tuple(AnyOf((All(one), All(other))) for one, other in pairwise(pairs[::2]))).ways()
    assert 1 < len(several) <= MOST


def test_a_way_of_very_many_needs_keeps_those_that_are_hardest_to_meet() -> None:
    """A rule of thousands of parts is compiled as soon as it is read; what is left out is judged."""
    wide = tuple(map(AnyOf, (_terms(number, 5000 + number) for number in range(3000))))
    ((*needs,),) = All((*wide, *_terms(*range(20_000, 20_005)))).ways()
    assert len(needs) == MOST_NEEDS
    assert needs[:5] == [_need(number) for number in range(20_000, 20_005)]


needs = st.frozensets(st.integers(0, 3), min_size=1, max_size=3)
ways = st.lists(st.lists(needs, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple)
parts = st.one_of(st.lists(ways, max_size=3), st.lists(st.one_of(ways, st.just(ANYWHERE)), max_size=9))


@settings(max_examples=1000, deadline=None)
@given(parts, st.frozensets(st.integers(0, 3)))
def test_ways_are_joined_as_they_should_be(parts: list[Ways], found: frozenset[int]) -> None:
    """None is open that should not be, unless there are too many; and however many there are, none is lost."""
    some, every = (held(any_open(part, found) for part in parts) for held in (any, all))
    for joined, meant in ((either(parts), some), (each(parts), every)):
        assert len(joined) <= MOST
        assert any_open(joined, found) >= meant
    if sum(map(len, parts)) <= MOST:
        assert any_open(either(parts), found) == some
    if prod(map(len, parts)) <= MOST:
        assert any_open(each(parts), found) == every
    assert all(any_open(coarse(part), found) >= any_open(part, found) for part in parts)
