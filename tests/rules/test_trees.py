"""Trees of conditions over random hits: what they mean, what they need, and what they promise to the engine."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.compiled import CompiledRule, Without
from rules.conditions import (
    All,
    AnyElement,
    AnyOf,
    AtLeast,
    Condition,
    Context,
    Inside,
    Near,
    NoneOf,
    Page,
    SameSentence,
    Score,
    Scored,
    TermFound,
    View,
    any_open,
)
from rules.finder import Hit, Hits
from rules.model import Document, RuleInfo

TEXT = "أم بر تل. ثم جد حي خل! دم ذو رف"  # ten words in three sentences, in each field
PAGE = Page(Document(title=TEXT, summary=TEXT, body=TEXT))
SENTENCES = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]

leaves = st.integers(0, 4).map(lambda number: TermFound(number, f"${number}"))
elements = st.one_of(
    leaves, st.lists(leaves, min_size=1, max_size=2).map(lambda some: AnyElement(tuple(some)))
)
rows = st.lists(elements, min_size=2, max_size=3).map(tuple)
close = st.one_of(
    st.builds(Near, st.integers(1, 6), st.booleans(), rows),
    rows.map(SameSentence),
)


def _parents(children: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    some = st.lists(children, min_size=1, max_size=3).map(tuple)
    scored = st.lists(st.builds(Scored, children, st.integers(-2, 4), st.booleans()), min_size=1, max_size=4)
    return st.one_of(
        some.map(All),
        some.map(AnyOf),
        some.map(NoneOf),
        some.map(Context),
        st.tuples(some, st.integers(1, 3)).map(lambda pair: AtLeast(min(pair[1], len(pair[0])), pair[0])),
        st.builds(Score, st.integers(1, 6), scored.map(tuple)),
        st.builds(
            Inside, st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True).map(tuple), children
        ),
    )


trees: st.SearchStrategy[Condition] = st.recursive(st.one_of(leaves, close), _parents, max_leaves=8)
places = st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(1, 2)).map(
    lambda hit: (hit[0], hit[1], min(hit[1] + hit[2], 10))
)
hits = st.dictionaries(st.integers(0, 4), st.lists(places, min_size=1, max_size=4, unique=True).map(sorted))


def means(node: Condition, view: View) -> bool:  # noqa: C901
    """What a node means, said again in the plainest way; ``near`` and ``same_sentence`` by trying every choice."""
    match node:
        case TermFound(number=number):
            return bool(view.of(number))
        case All(parts=parts) | Context(parts=parts):
            return all(means(part, view) for part in parts)
        case AnyOf(parts=parts):
            return any(means(part, view) for part in parts)
        case NoneOf(parts=parts):
            return not any(means(part, view) for part in parts)
        case AtLeast(count=count, parts=parts):
            return sum(means(part, view) for part in parts) >= count
        case Inside(fields=fields, part=part):
            return means(part, view.within(fields))
        case Score(least=least, of=scored):
            held = [one for one in scored if means(one.part, view)]
            missing = [one for one in scored if one.required and one not in held]
            return sum(one.points for one in held) >= least and not missing
        case Near() | SameSentence():
            return any(_together(node, view, field) for field in view.fields)
    raise TypeError(node)


def _together(node: Near | SameSentence, view: View, field: int) -> bool:
    choices: list[list[Hit]] = [[]]
    for element in node.of:
        leaves = element.parts if isinstance(element, AnyElement) else (element,)
        found = [
            hit
            for leaf in leaves
            if isinstance(leaf, TermFound)
            for hit in view.of(leaf.number)
            if hit[0] == field
        ]
        choices = [[*chosen, hit] for chosen in choices for hit in found]
    return any(_fits(node, chosen) for chosen in choices)


def _fits(node: Near | SameSentence, chosen: list[Hit]) -> bool:
    if isinstance(node, SameSentence):
        return len({SENTENCES[at] for _, first, after in chosen for at in (first, after - 1)}) == 1
    if node.as_written and any(one[2] > other[1] for one, other in pairwise(chosen)):
        return False
    return max(first for _, first, _ in chosen) - min(after for _, _, after in chosen) + 1 <= node.within


@settings(max_examples=400, deadline=None)
@given(trees, hits)
def test_a_tree_means_what_it_says(tree: Condition, found: Hits) -> None:
    """Every kind of condition, over any hits, agrees with its meaning said plainly."""
    view = View(found, page=PAGE)
    assert (tree.find(view) is not None) == means(tree, view)


@settings(max_examples=400, deadline=None)
@given(trees, hits)
def test_a_way_is_open_whenever_it_holds(tree: Condition, found: Hits) -> None:
    """The index leaves a rule out by its ways alone: so they must never ask more than it takes."""
    if tree.find(View(found, page=PAGE)) is not None:
        assert any_open(tree.ways(), found.keys())


@settings(max_examples=400, deadline=None)
@given(trees, hits)
def test_what_shows_has_evidence(tree: Condition, found: Hits) -> None:
    """A condition that says it shows something does so whenever it holds; its hits are hits of the document."""
    evidence = tree.find(View(found, page=PAGE))
    assert not (tree.shows() and evidence == ())
    assert {hit for hit in evidence or ()} <= {hit for places in found.values() for hit in places}


def test_a_part_that_takes_points_away_shows_nothing() -> None:
    """Even if it is required: the words that speak against are no evidence."""
    against, silent = TermFound(0, "$0"), NoneOf((TermFound(1, "$1"),))
    score = Score(1, (Scored(against, -1, required=True), Scored(silent, 2)))
    assert score.find(View({0: [(0, 0, 1)]}, page=PAGE)) == () and not score.shows()


INFO = RuleInfo.__new__(RuleInfo)


@settings(max_examples=400, deadline=None)
@given(trees, trees, hits)
def test_a_rule_judged_early_is_judged_right(tree: Condition, excluded: Condition, found: Hits) -> None:
    """To judge a rule before its exclusions are worked out changes nothing but the time it takes."""
    rule = CompiledRule(INFO, tree, (Without(excluded, "سبب"),))
    full = tree.find(rule.remaining(View(found, page=PAGE)))
    if tree.only_loses() and tree.find(View(found, page=PAGE)) is None:
        assert full is None
