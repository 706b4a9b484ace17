"""The shipped evening is the story that it claims to be, and a wrong one is refused with a reason."""

from itertools import pairwise
from pathlib import Path

import pytest

from bot.evening.scenario import FOLDER, PlayedFeed, Scenario, ScenarioError, load_scenario
from tests.bot.evening.evening_time import hm

SCENARIO = load_scenario()
FEEDS = {feed.key: feed for feed in SCENARIO.feeds}
RULES = {
    "putin-visits",
    "dprk-arms",
    "kirby-statements",
}  # what the evening is about; others may fire as well
by_key = pytest.mark.parametrize("feed", SCENARIO.feeds, ids=lambda feed: feed.key)

SMALL = """\
outlet: Small
outlet_ar: صغيرة
country: JO
path: /small.xml
site: https://small.example
window: 2
entries:
  - {id: 1, at: "0:10", title: أول, summary: نص}
  - {id: 2, at: "0:20", title: ثان, summary: نص}
"""


def write_scenario(
    folder: Path, *outlets: str, head: str = 'length: "1:00"\ndevelopments: {turn: منعطف}\n'
) -> Path:
    """A scenario's folder with the given outlet files, named a, b, c ..."""
    (folder / "outlets").mkdir()
    (folder / "scenario.yaml").write_text(head, encoding="utf-8")
    for name, text in zip("abc", outlets, strict=False):
        (folder / "outlets" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def moments(feed: PlayedFeed) -> list[float]:
    """Every moment at which the feed's answer may change."""
    edges = [edge for outage in feed.outages for edge in (outage.start, outage.until) if edge is not None]
    return sorted({0.0, *feed.changes(), *edges})


def test_it_is_a_whole_evening() -> None:
    """Five outlets or more, forty-eight entries or more, forty of them in the course of the evening."""
    entries = [entry for _, entry in SCENARIO.entries()]
    assert len(SCENARIO.feeds) >= 5
    assert len(entries) >= 48
    assert sum(entry.at >= 0 for entry in entries) >= 40


def test_every_rule_has_something_to_find() -> None:
    """Each of the three rules that the evening is about is expected at least five times."""
    expected = [rule for _, entry in SCENARIO.entries() for rule in entry.expect]
    assert min(expected.count(rule) for rule in RULES) >= 5


@pytest.mark.parametrize(
    "words",
    ["كيربي سمارت", "لعبة كيربي", "دبابات", "وزير الخارجية الفيتنامي", "اتصال هاتفي", "البالونات", "صاروخاً"],
)
def test_near_misses_are_among_the_entries(words: str) -> None:
    """What resembles the story and is none of it is told too, and no rule is expected of it."""
    found = [entry for _, entry in SCENARIO.entries() if words in entry.title.replace("ـ", "")]
    assert found
    assert not any(entry.expect for entry in found)


def test_every_development_is_reported() -> None:
    """No development is declared in vain."""
    assert {entry.development for _, entry in SCENARIO.entries()} - {""} == set(SCENARIO.developments)


def test_news_is_repeated_by_others() -> None:
    """At least ten entries repeat another's news, most of them from another outlet."""
    copies = [(name, entry.copy_of) for name, entry in SCENARIO.entries() if entry.copy_of]
    assert len(copies) >= 10
    assert sum(name.split("/")[0] != of.split("/")[0] for name, of in copies) >= 8


@by_key
def test_guids_and_links_are_distinct_in_a_feed(feed: PlayedFeed) -> None:
    """At every moment each entry of a feed has a guid and a link of its own (the guid may be missing)."""
    for moment in moments(feed):
        shown = feed.at(moment).entries
        guids = [entry.guid for entry in shown if entry.guid]
        assert len(set(guids)) == len(guids)
        assert len({entry.link for entry in shown}) == len(shown)
        assert len(guids) == (0 if feed.guid == "missing" else len(shown))


@by_key
def test_a_feed_begins_with_old_news_alone(feed: PlayedFeed) -> None:
    """At the start every feed that answers shows two entries or more, none younger than six hours."""
    view = feed.at(0)
    if view.status == 200:
        assert len(view.entries) >= 2
        assert all(entry.published <= -hm(6) for entry in view.entries)


@by_key
def test_no_entry_slips_by_unseen(feed: PlayedFeed) -> None:
    """Every entry stays in the feed for half an hour of the evening or more: several polls at any sane pace."""
    for entry in feed.entries:
        until = min(entry.at + hm(0, 30), SCENARIO.length)
        views = [feed.at(moment) for moment in (entry.at, until) if moment >= 0]
        assert all(view.status != 200 or entry.id in {one.id for one in view.entries} for view in views)


@by_key
def test_a_window_is_never_exceeded(feed: PlayedFeed) -> None:
    """A feed shows its newest entries, newest first, and no more than its window holds."""
    for moment in moments(feed):
        ids = [entry.id for entry in feed.at(moment).entries]
        appeared = sorted((one for one in feed.entries if one.at <= moment), key=lambda one: -one.at)
        if feed.at(moment).status == 200:
            assert ids == [one.id for one in appeared[: feed.window]]


def test_old_entries_scroll_out_of_a_window() -> None:
    """At least one outlet's window is too small for the whole evening."""
    assert any(len(feed.entries) > len(feed.at(SCENARIO.length).entries) > 0 for feed in SCENARIO.feeds)


def test_an_edit_changes_the_headline_and_nothing_else() -> None:
    """The agency takes a comma out of a headline: same guid, link and date, a later update."""
    before, after = (
        next(entry for entry in FEEDS["mashreq"].at(moment).entries if entry.id == 106)
        for moment in (hm(2, 57), hm(2, 58))
    )
    assert before.title.replace("،", "") == after.title != before.title
    assert (before.guid, before.link, before.published) == (after.guid, after.link, after.published)
    assert before.updated < after.updated


def test_a_page_is_shown_again_behind_noise() -> None:
    """The daily repeats a page under another headline, guid and tracking parameters."""
    shown = {entry.id: entry for entry in FEEDS["nile"].at(hm(3, 2)).entries}
    assert shown[308].link.startswith(shown[307].link + "?utm_")
    assert shown[308].guid != shown[307].guid


def test_an_archive_piece_comes_up_as_new() -> None:
    """An entry appears in the evening and bears a date more than three days back."""
    assert any(
        entry.at >= 0 and entry.expect and entry.published is not None and entry.published < -hm(72)
        for _, entry in SCENARIO.entries()
    )


def test_a_feed_fails_for_a_while() -> None:
    """One server answers 503 for a good hour, then shows what it had to say meanwhile."""
    hadaba = FEEDS["hadaba"]
    assert [hadaba.at(moment).status for moment in (hm(0, 39), hm(0, 40), hm(2, 9), hm(2, 10))] == [
        200,
        503,
        503,
        200,
    ]
    assert {202, 203, 204} <= {entry.id for entry in hadaba.at(hm(2, 10)).entries}


def test_a_feed_is_never_found() -> None:
    """One address answers 404 from the first moment to the last."""
    assert {FEEDS["manara"].at(moment).status for moment in (0.0, hm(3), SCENARIO.length)} == {404}


def test_house_styles_differ() -> None:
    """Two spellings of Pyongyang's ج, both formats, both charsets, tatweel, teasers and whole texts."""
    texts = {key: " ".join(entry.title for entry in feed.entries) for key, feed in FEEDS.items()}
    assert "بيونج يانج" in texts["nile"]
    assert "بيونغ يانغ" in texts["mashreq"]
    assert "بيونغيانغ" in texts["sahel"]
    assert "ـ" in texts["nakheel"]
    assert {feed.format for feed in SCENARIO.feeds} == {"rss", "atom"}
    assert {feed.charset for feed in SCENARIO.feeds} == {"utf-8", "windows-1256"}
    assert {any(entry.body for entry in feed.entries) for feed in SCENARIO.feeds} == {True, False}


@by_key
def test_texts_fit_the_charset(feed: PlayedFeed) -> None:
    """Every text of a feed can be written in its charset, letter by letter."""
    for entry in feed.entries:
        for text in (entry.title, entry.summary, entry.body):
            assert text.encode(feed.charset).decode(feed.charset) == text


@by_key
def test_a_feed_changes_only_when_it_says_so(feed: PlayedFeed) -> None:
    """Between two moments of change the answer stays the same."""
    for earlier, later in pairwise([*moments(feed), SCENARIO.length]):
        assert feed.at(earlier) == feed.at((earlier + later) / 2)


def test_at_answers_for_every_feed() -> None:
    """The scenario's answer is that of its feeds, by key."""
    assert SCENARIO.at(hm(3)) == {key: feed.at(hm(3)) for key, feed in FEEDS.items()}


def test_a_small_scenario_loads(tmp_path: Path) -> None:
    """An outlet file with the least that is needed is played; its key is the file's name."""
    scenario = load_scenario(write_scenario(tmp_path, SMALL))
    assert isinstance(scenario, Scenario)
    assert [entry.title for entry in scenario.at(hm(0, 15))["a"].entries] == ["أول"]


@pytest.mark.parametrize(
    ("outlet", "says"),
    [
        (SMALL.replace("id: 2", "id: 1"), "entry id used twice: 1"),
        (SMALL.replace('"0:20"', '"0:70"'), "a.yaml.entries.1.at"),
        (SMALL.replace('"0:20"', '"1:00"'), "a/2: after the end of the evening"),
        (SMALL.replace("summary: نص}", "summary: نص, expect: [some-rule]}"), "go together"),
        (SMALL.replace("ثان,", "ثان, development: none, expect: [r],"), "no such development: none"),
        (SMALL.replace("ثان,", "ثان, copy_of: a/9,"), "no earlier item of the same development: a/9"),
        (SMALL.replace("أول,", "أول, copy_of: a/2,"), "no earlier item of the same development: a/2"),
        (SMALL.replace("ثان,", "ثان, page: 7,"), "page of no entry: [7]"),
        (SMALL.replace("ثان,", 'ثان, published: "0:30",'), "later than its appearance"),
        (SMALL.replace("ثان,", 'ثان, edits: [{at: "0:15", title: آخر}],'), "edits come after"),
        (SMALL.replace("window: 2", "window: 0"), "a.yaml.window"),
        (SMALL.replace("country", "land"), "a.yaml.land"),
        (SMALL + "charset: windows-1256\nmarkup: cdata\n", "CDATA cannot hold"),
        (SMALL + "window: 3\n", "window"),
        ("- only\n- a list\n", "names and values expected"),
    ],
)
def test_a_wrong_outlet_is_refused(tmp_path: Path, outlet: str, says: str) -> None:
    """Each mistake in an outlet's file is one ScenarioError that names the folder or file and the mistake."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write_scenario(tmp_path, outlet))
    assert says in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_two_outlets_cannot_share_a_path(tmp_path: Path) -> None:
    """Two feeds under one address are refused."""
    folder = write_scenario(tmp_path, SMALL, SMALL.replace("outlet: Small", "outlet: Other"))
    with pytest.raises(ScenarioError, match=r"path used twice: /small\.xml"):
        load_scenario(folder)


def test_a_missing_scenario_is_refused(tmp_path: Path) -> None:
    """A folder without a scenario is a ScenarioError that names the file."""
    with pytest.raises(ScenarioError, match=r"scenario\.yaml"):
        load_scenario(tmp_path)


def test_outlets_are_not_real_addresses() -> None:
    """Links lead to names under .example, which belong to nobody."""
    assert all(feed.site.endswith(".example") for feed in SCENARIO.feeds)
    assert (FOLDER / "scenario.yaml").is_file()
