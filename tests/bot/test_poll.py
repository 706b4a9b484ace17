"""From a feed's change to queued deliveries: what is stored, what rings, and what a failure leaves behind."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.pipeline import decide
from bot.pipeline.reading import LONGEST_LINE, MOST_LINES, explanation_of
from bot.pipeline.save import Saved
from bot.store import shown
from bot.store.engine import Database
from bot.store.types import Fate, FeedState
from feeds.parsers import Parsers
from rules import Document
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer
from tests.rules.workshop import rule_set_of, rule_text

PUTIN = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
KIRBY = "كيربي: نراقب الزيارة عن كثب"


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose rules are two files."""
    async with open_desk(database, make_rules(tmp_path / "rules")) as desk:
        yield desk
        await desk.poller.parsers.close()


async def fates(database: Database) -> list[tuple[str, str]]:
    """Rule and fate of every match, in order."""
    async with database.read() as session:
        rows = await session.execute(text('SELECT rule, fate FROM "match" ORDER BY id'))
        return [(row.rule, row.fate) for row in rows]


async def deliveries(database: Database) -> list[tuple[int, int]]:
    """Alert and chat of every delivery, in order."""
    async with database.read() as session:
        rows = await session.execute(text("SELECT alert_id, chat_id FROM delivery ORDER BY id"))
        return [(row.alert_id, row.chat_id) for row in rows]


async def test_a_new_feeds_backlog_is_stored_and_silent_and_its_last_hours_ring(desk: Desk) -> None:
    """Six hours back count as news at first sight; what is older is kept, matched, and rings for nobody."""
    outlet = Outlet(
        [Item("1", PUTIN, hours_old=0.1), Item("2", "بوتين يستقبل ضيفا آخر في الكرملين", hours_old=40)]
    )
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert await desk.poll() == Saved(entries=2, alerts=1, deliveries=1)
    assert sorted(await fates(desk.database)) == [("visits", Fate.ALERTED), ("visits", Fate.BACKLOG)]
    assert desk.rang == 1


async def test_an_entry_rings_once_however_often_it_is_seen(desk: Desk) -> None:
    """A changed feed brings only what is unknown; validators go back byte for byte."""
    outlet = Outlet([Item("1", PUTIN)])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        await desk.poll()
        first_tag = outlet.etag
        assert await desk.poll() == Saved()
        outlet.items.insert(0, Item("2", KIRBY, hours_old=-2))
        assert await desk.poll() == Saved(entries=1, alerts=1)
    assert outlet.asked == ["", first_tag, first_tag]
    assert await deliveries(desk.database) == [(1, 5)]


async def test_the_same_body_without_validators_is_not_parsed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checksum stands before the parser."""
    outlet = Outlet([Item("1", PUTIN)])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        async with desk.database.write() as session:
            await session.execute(text("UPDATE feed SET etag = ''"))

        def refuse(*_args: object, **_kwargs: object) -> None:
            raise AssertionError("parsed again")

        monkeypatch.setattr(Parsers, "parse", refuse)
        assert await desk.poll() == Saved()
    assert outlet.asked == ["", ""]


@pytest.mark.parametrize(
    ("status", "failure", "state"),
    [
        ("404 Not Found", "not_found", FeedState.FAILING),
        ("503 Service Unavailable", "http_status", FeedState.FAILING),
        ("410 Gone", "gone", FeedState.GONE),
    ],
)
async def test_a_failure_is_the_feeds_own_row_with_a_reason_and_a_next_try(
    desk: Desk, status: str, failure: str, state: FeedState
) -> None:
    """Why, since when in a row, and when again; a feed that is gone is not asked again."""
    async with RawServer(Outlet(status=status)) as server:
        await desk.knows(server.url())
        await desk.poll()
    row = await desk.feed()
    assert (row.failure, row.state, row.failures_in_row) == (failure, state, 1)
    assert row.failure_detail
    assert (row.due_at is None) == (state == FeedState.GONE)


async def test_a_failing_feed_disturbs_no_other_and_recovers(desk: Desk) -> None:
    """One refuses connections, the other is read; when the first is back, its failure is wiped out."""
    good, bad = Outlet([Item("1", PUTIN)]), Outlet([Item("9", KIRBY)], status="500 Oops")
    async with RawServer(good) as one, RawServer(bad) as two:
        await desk.knows(one.url(), two.url(), "http://127.0.0.1:1/nobody")
        assert (await desk.poll()).entries == 1
        bad.status = "200 OK"
        assert (await desk.poll()).entries == 1
    async with desk.database.read() as session:
        rows = await session.execute(text("SELECT failure FROM feed ORDER BY id"))
        assert [row.failure for row in rows] == ["", "", "refused"]


async def test_a_feed_that_is_cut_off_gives_its_entries_but_no_validators(desk: Desk) -> None:
    """What could be read is kept; the rest is asked for again, since no 304 may hide it."""
    outlet = Outlet([Item("1", PUTIN), Item("2", KIRBY)], cut=True)
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        assert (await desk.poll()).entries >= 1
        row = await desk.feed()
        assert (row.etag, row.body_hash, row.failure) == ("", "", "broken_xml")
        outlet.cut = False
        await desk.poll()
    assert outlet.asked == ["", ""]
    assert (await desk.feed()).failure == ""


async def test_a_crash_between_fetch_and_commit_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Validators and entries stand together: after the crash the feed is asked without them, and rings."""
    outlet = Outlet([Item("1", PUTIN)])

    async def crash(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("killed")

    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        with monkeypatch.context() as patch:
            patch.setattr("bot.store.outgoing.plan", crash)
            with pytest.raises(RuntimeError, match="killed"):
                await desk.poll()
        assert await fates(desk.database) == []
        assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=1)
    assert outlet.asked == ["", ""]


async def test_a_worker_that_lost_its_lease_writes_nothing(desk: Desk) -> None:
    """A frozen poller wakes up, finds its feed taken, and leaves it to the other."""
    async with RawServer(Outlet([Item("1", PUTIN)])) as server:
        await desk.knows(server.url())
        (frozen,) = await desk.claim()
        desk.time += timedelta(minutes=5)
        (other,) = await desk.claim()
        assert await desk.poller.poll(frozen) == Saved()
        assert await fates(desk.database) == []
        assert (await desk.poller.poll(other)).entries == 1


async def test_the_same_headline_elsewhere_is_one_more_source_and_rings_for_nobody(desk: Desk) -> None:
    """Spelling and harakat do not make a headline new; the alert keeps its one delivery."""
    first, copy = Outlet([Item("1", PUTIN)]), Outlet([Item("x", "بوتين يَصِل الى بيونغ يانغ فى زيارةٍ رسميّة")])
    async with RawServer(first) as one, RawServer(copy) as two:
        await desk.knows(one.url(), two.url())
        await desk.follows(5, "visits")
        assert await desk.poll() == Saved(entries=2, alerts=1, deliveries=1)
    assert sorted(fate for _, fate in await fates(desk.database)) == [Fate.ALERTED, Fate.JOINED]


async def test_a_feed_that_claims_another_outlets_page_hides_nothing(desk: Desk) -> None:
    """The outlet's own news rings, though a stranger has told something else under its address."""
    page = "https://first.example/news/7".format
    stranger = Outlet([Item("x", "بوتين يفتتح معرضا للزهور في موسكو")], link_of=page)
    true = Outlet([], link_of=page)
    async with RawServer(stranger) as one, RawServer(true) as two:
        await desk.knows(one.url(), two.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).deliveries == 1
        true.items.append(Item("1", PUTIN))
        assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=1)


async def test_one_feed_cannot_keep_the_others_news_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many alerts an hour its matches are kept and silent, an admin hears of it once, and others ring on."""
    monkeypatch.setattr(decide, "MOST_ALERTS", 4)
    loud, quiet = Outlet([Item(str(n), f"بوتين يصل إلى المدينة رقم {n}") for n in range(9)]), Outlet([])
    async with RawServer(loud) as one, RawServer(quiet) as two:
        await desk.knows(one.url(), two.url())
        await desk.follows(5, "visits")
        assert await desk.poll() == Saved(entries=9, alerts=4, deliveries=4)
        quiet.items.append(Item("x", PUTIN))
        loud.items.append(Item("copy", PUTIN))  # silent, and so it makes nothing known
        desk.time -= timedelta(minutes=30)
        assert (await desk.poll()).alerts == 1
        async with desk.database.read() as session:
            alarms = await shown.untold(session, limit=9)
        desk.time += timedelta(hours=1)
        loud.items.append(Item("later", "بوتين يغادر المدينة الأخيرة بعد الزيارة"))
        assert (await desk.poll()).alerts == 1
    assert [(one.kind, one.entries, one.outlet) for one in alarms] == [("too_many", 4, "Outlet 0")]
    assert [fate for _, fate in await fates(desk.database)].count(Fate.TOO_MANY) == 6


async def test_an_address_that_names_no_page_makes_nothing_known(desk: Desk) -> None:
    """Where all entries bear the outlet's front page, each is news of its own."""
    outlet = Outlet([Item("1", PUTIN)], link_of="https://first.example/".format)
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        await desk.poll()
        outlet.items.append(Item("2", "بوتين يفتتح معرضا للزهور في موسكو"))
        assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=1)


async def test_the_dress_of_a_headline_makes_no_second_alert(desk: Desk) -> None:
    """ "عاجل" before it and the outlet's name after it are no news."""
    outlet = Outlet([Item("1", PUTIN)])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        await desk.poll()
        outlet.items += [
            Item("2", f"عاجل | {PUTIN}"),
            Item("3", f"{PUTIN} - Outlet 0"),
            Item("4", f"خبر عاجل: {PUTIN}"),
        ]
        assert await desk.poll() == Saved(entries=3)


async def test_a_copy_that_fires_a_further_rule_reaches_that_rules_followers(desk: Desk) -> None:
    """Joining an alert never takes news away from those who did not have it."""
    first = Outlet([Item("1", PUTIN)])
    copy = Outlet([Item("x", PUTIN, summary="قال كيربي إن واشنطن تتابع")])
    async with RawServer(first) as one, RawServer(copy) as two:
        await desk.knows(one.url(), two.url())
        await desk.follows(5, "visits")
        await desk.follows(6, "kirby")
        await desk.poll()
    assert sorted(await deliveries(desk.database)) == [(1, 5), (1, 6)]


async def test_an_entry_with_two_rules_is_one_alert_a_chat(desk: Desk) -> None:
    """A chat that follows both hears of it once."""
    async with RawServer(Outlet([Item("1", "كيربي: زيارة بوتين تقلقنا")])) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits", "kirby")
        assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=1)


async def test_nobody_follows_and_still_the_alert_is_kept(desk: Desk) -> None:
    """Whoever comes later can look back."""
    async with RawServer(Outlet([Item("1", PUTIN)])) as server:
        await desk.knows(server.url())
        assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=0)
    assert desk.rang == 0


async def test_a_rule_on_trial_matches_and_never_rings(desk: Desk, tmp_path: Path) -> None:
    """Shadow: stored with its evidence, no alert."""
    desk.rules = make_rules(tmp_path / "trial", shadow=True)
    async with RawServer(Outlet([Item("1", KIRBY)])) as server:
        await desk.knows(server.url())
        await desk.follows(5, "kirby")
        assert await desk.poll() == Saved(entries=1)
    assert await fates(desk.database) == [("kirby", Fate.SHADOW)]


async def test_evidence_is_stored_as_it_stands_in_the_original(desk: Desk) -> None:
    """Start and end cut the very words out of the stored text, whatever marks they carry."""
    async with RawServer(Outlet([Item("1", "وصل بُوتيـن إلى هناك")])) as server:
        await desk.knows(server.url())
        await desk.poll()
    async with desk.database.read() as session:
        query = 'SELECT m.evidence, m.rule_hash, e.title FROM "match" m JOIN entry e ON e.id = m.entry_id'
        row = (await session.execute(text(query))).one()
    (one,) = json.loads(row.evidence) if isinstance(row.evidence, str) else row.evidence
    assert row.title[one["start"] : one["end"]] == one["text"] == "بُوتيـن"
    assert row.rule_hash == next(rule.hash for rule in desk.rules.rules if rule.id == "visits")


async def test_a_match_is_stored_with_its_explanation(desk: Desk) -> None:
    """Why it fired, in words, as it was when it fired."""
    async with RawServer(Outlet([Item("1", PUTIN), Item("2", KIRBY)])) as server:
        await desk.knows(server.url())
        await desk.poll()
    async with desk.database.read() as session:
        rows = (await session.execute(text('SELECT explanation FROM "match" ORDER BY rule'))).all()
    told = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]
    assert told == [
        ["✓ all: كل ما يلي «كيربي»", "  ✓ $kirby: «كيربي»"],
        ["✓ all: كل ما يلي «بوتين»", "  ✓ $putin: «بوتين»"],
    ]


def test_an_explanation_stays_within_bounds(tmp_path: Path) -> None:
    """However large the rule and however long the words that it found."""
    words = [f"كلمة{letter * (110 if letter in 'بتث' else 50)}" for letter in "بتثجحخدذرزسشصضطظعغفقكلمن"]
    rule = rule_text(
        f"{{all: [{', '.join(words)}, {{all: [{', '.join(words)}]}}]}}",
        examples=f"examples: {{match: [{' '.join(words)}], no_match: [المطر]}}",
    )
    rules = rule_set_of(tmp_path, rule)
    lines = explanation_of(rules, "a-rule", Document(title=" ".join(words)))
    assert len(lines) == MOST_LINES
    assert max(map(len, lines)) <= LONGEST_LINE
