"""The rule set as others use it: what it tells, how it stays fast, that it agrees with a search of every rule."""

import itertools
import threading
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Document, Match, RuleSet
from tests.rules.workshop import rule_set_of, rule_text

WORDS = [
    "بوتين",
    "لبوتين",
    "كيم",
    "جونغ",
    "جونج-أون",
    "كوريا",
    "الشمالية",
    "يزور",
    "زيارته",
    "روسيا",
    "مطر",
    "كيربي",
    "لعبة",
    "،",
    "وقال",
]
DOCUMENTS = st.builds(
    Document,
    title=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    summary=st.lists(st.sampled_from(WORDS), max_size=12).map("\u00a0".join),
)
RULES = [
    rule_text("{all: [$putin, {near: {within: 3, of: [$visit, {any: [$dprk, $russia]}]}}]}", rule="one"),
    rule_text("{any: [{all: [$kim, $said]}, {all: [$kirby, {none: [$putin]}]}]}", rule="two"),
    rule_text("{in: title, any: [$kim, مطر]}", "without: [{phrase: مطر كيم, because: x}]", rule="three"),
]


def test_what_is_told_of_a_rule(tmp_path: Path) -> None:
    """Titles, why, owner, severity, topic, path and cooldown are there for others to show."""
    (rule,) = rule_set_of(tmp_path, rule_text("$putin", "title_en: A rule", "alert: {cooldown: 30m}")).rules
    assert (rule.id, rule.title, rule.title_en, rule.owner, rule.why) == (
        "a-rule",
        "قاعدة",
        "A rule",
        "desk",
        "للتجربة",
    )
    assert (rule.topic, rule.path.name, rule.cooldown) == ("topic", "a-rule.yaml", 1800.0)
    assert (rule.severity.rank, rule.status.value) == (1, "live")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(DOCUMENTS)
def test_the_index_loses_no_rule(tmp_path: Path, document: Document) -> None:
    """Judging only the candidates finds what judging every rule finds; evidence is always the original's slice."""
    rule_set = _once(tmp_path)
    expected = sorted(rule.id for rule in rule_set.rules if rule_set.verdict(rule.id, document))
    matches = rule_set.match(document)
    assert [match.rule for match in matches] == expected
    for match in matches:
        _check_evidence(match, document)


def _check_evidence(match: Match, document: Document) -> None:
    texts = {"title": document.title, "summary": document.summary, "body": document.body}
    places = [(["title", "summary", "body"].index(one.field), one.start, one.end) for one in match.evidence]
    assert places
    assert places == sorted(places)
    assert all(one[0] != other[0] or one[2] <= other[1] for one, other in itertools.pairwise(places))
    assert all(one.text == texts[one.field][one.start : one.end] != "" for one in match.evidence)


def _once(root: Path, made: dict[str, RuleSet] = {}) -> RuleSet:  # noqa: B006 - one rule set for all examples
    if "rules" not in made:
        made["rules"] = rule_set_of(root, *RULES)
    return made["rules"]


def test_many_rules_cost_little_more_than_few(tmp_path: Path) -> None:
    """Six hundred rules on other matters are not judged: an item costs less than three times what it costs with six."""
    few = rule_set_of(tmp_path / "few", *[_other(number) for number in range(6)])
    many = rule_set_of(tmp_path / "many", *[_other(number) for number in range(600)])
    document = Document(
        title="وصل بوتين إلى روسيا في زيارة موضوع3", body="قال كيربي كلاما كثيرا عن المطر " * 20
    )
    assert len(few.match(document)) == len(many.match(document)) == 1
    assert _cost(many, document) < 3 * _cost(few, document)


def _other(number: int) -> str:
    return rule_text(f"{{all: [$putin, $visit, موضوع{number}]}}", rule=f"rule-{number}")


def _cost(rule_set: RuleSet, document: Document) -> float:
    best = 1.0
    for _ in range(5):
        started = time.thread_time()
        for _ in range(50):
            rule_set.match(document)
        best = min(best, time.thread_time() - started)
    return best


def test_a_megabyte_is_matched_in_bounded_time(tmp_path: Path) -> None:
    """A hostile document, every word of it a hit, takes seconds, not minutes; one endless word takes none."""
    rule_set = rule_set_of(tmp_path, *RULES)
    started = time.thread_time()
    assert rule_set.match(Document(body=("بوتين يزور كيم لعبة كيربي روسيا " * 40_000)[:1_000_000]))
    assert rule_set.match(Document(body="ب" * 1_000_000)) == []
    assert time.thread_time() - started < 15


def test_threads_share_a_rule_set(tmp_path: Path) -> None:
    """Eight threads that match at once find what one finds."""
    rule_set = rule_set_of(tmp_path, *RULES)
    documents = [Document(title=f"بوتين يزور روسيا كلمة{number}") for number in range(200)]
    expected = [rule_set.match(document) for document in documents]
    fresh = rule_set_of(tmp_path / "again", *RULES)
    found: list[list[list[Match]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(list(map(fresh.match, documents)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(one == expected for one in found)
