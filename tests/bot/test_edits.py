"""Entries that change after they were read: revisions, new ids for old entries, floods, letters that turn to noise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.pipeline.save import Saved
from bot.pipeline.sorting import FLOOD, MOST_EDITS
from bot.store import entries, shown
from bot.store.engine import Database
from bot.store.types import AlarmKind, DeliveryKind, Fate
from feeds.identity import canonical_link
from feeds.parse import parse_feed
from tests.bot.newsroom import Desk, make_rules, open_desk
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit
from tests.shared_data import shared_path

PUTIN = "بوتين يصل إلى بيونغ يانغ في زيارة رسمية"
KIRBY = "كيربي: نراقب الزيارة عن كثب"
TITLES = (
    "أسعار النفط ترتفع بعد اجتماع الدول المنتجة",
    "أمطار غزيرة على السواحل الشمالية مساء اليوم",
    "وزير التعليم يعلن موعد الامتحانات النهائية",
    "افتتاح معرض الكتاب بمشاركة دور نشر عربية",
    "المنتخب يتأهل إلى الدور الثاني من البطولة",
    "دراسة جديدة عن النوم وصحة القلب عند الكبار",
)


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose rules are two files; visits is high, kirby is low."""
    async with open_desk(database, make_rules(tmp_path / "rules")) as desk:
        yield desk
        await desk.poller.parsers.close()


def others() -> list[Item]:
    """Items that no rule knows."""
    return [Item(f"o{number}", title) for number, title in enumerate(TITLES)]


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    async with database.read() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_a_comma_is_kept_and_rings_for_nobody(desk: Desk) -> None:
    """The text that is shown is the new one; the old one stands in a revision; no message is touched."""
    outlet = Outlet([Item("1", PUTIN, summary="نص"), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).deliveries == 1
        outlet.items[0].title = PUTIN.replace("يانغ", "يانغ،")
        assert await desk.poll() == Saved()
    assert await rows(desk.database, "SELECT count(*) FROM delivery") == [(1,)]
    async with desk.database.read() as session:
        (entry,) = (await entries.load(session, [await _id(desk, "1")])).values()
        (revision,) = await entries.revisions(session, await _id(desk, "1"))
    assert (entry.title, entry.edits) == (PUTIN.replace("يانغ", "يانغ،"), 1)
    assert (revision.number, revision.title, revision.summary) == (0, PUTIN, "نص")


async def _id(desk: Desk, identity: str) -> int:
    (id_,) = [
        one for one, name in await rows(desk.database, "SELECT id, identity FROM entry") if name == identity
    ]
    assert isinstance(id_, int)
    return id_


async def test_an_edit_that_a_rule_now_knows_is_an_alert(desk: Desk) -> None:
    """An entry that was nobody's becomes somebody's."""
    outlet = Outlet([Item("1", "زيارة مرتقبة لضيف كبير هذا المساء"), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).alerts == 0
        outlet.items[0].summary = "قال المتحدث إن بوتين وصل"
        assert await desk.poll() == Saved(alerts=1, deliveries=1)
        outlet.items[0].summary += "."
        assert await desk.poll() == Saved()
    assert await rows(desk.database, 'SELECT rule, fate FROM "match"') == [("visits", Fate.ALERTED)]


async def test_an_edit_that_brings_graver_news_is_a_follow_up(desk: Desk) -> None:
    """Who follows the graver rule gets the alert, who had the message already a reply and the message rewritten."""
    outlet = Outlet([Item("1", KIRBY), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "kirby", "visits")
        assert await desk.poll() == Saved(entries=7, alerts=1, deliveries=1)
        async with desk.database.write() as session:
            await session.execute(text("UPDATE delivery SET state = 'sent'"))
        outlet.items[0].summary = "وقال إن بوتين وصل"
        assert (await desk.poll()).deliveries == 2
        assert await desk.poll() == Saved()
    kinds = await rows(desk.database, "SELECT kind FROM delivery ORDER BY id")
    assert kinds == [(DeliveryKind.SEND,), (DeliveryKind.REPLY,), (DeliveryKind.EDIT,)]
    assert await rows(desk.database, "SELECT severity FROM alert") == [("high",)]


async def test_evidence_follows_the_text(desk: Desk) -> None:
    """After an edit the words are found where they stand now; a rule that holds no more points nowhere."""
    outlet = Outlet([Item("1", PUTIN, summary="قال كيربي"), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        outlet.items[0].title, outlet.items[0].summary = f"الآن: {PUTIN}", ""
        await desk.poll()
    async with desk.database.read() as session:
        kirby, visits = await entries.matches_of(session, await _id(desk, "1"))
    assert kirby.evidence == []
    (one,) = visits.evidence
    assert f"الآن: {PUTIN}"[one["start"] : one["end"]] == "بوتين"


async def test_a_new_headline_corrects_the_message(desk: Desk) -> None:
    """It does not ring."""
    outlet = Outlet([Item("1", PUTIN), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        await desk.poll()
        async with desk.database.write() as session:
            await session.execute(text("UPDATE delivery SET state = 'sent'"))
        outlet.items[0].title = "بوتين يغادر بيونغ يانغ بعد زيارة رسمية"
        assert await desk.poll() == Saved(deliveries=1)
    assert await rows(desk.database, "SELECT kind FROM delivery ORDER BY id") == [("send",), ("edit",)]


async def test_an_entry_is_read_again_a_few_times_only(desk: Desk) -> None:
    """A live page that changes at every poll is given up after a while."""
    outlet = Outlet([Item("1", PUTIN), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        for number in range(MOST_EDITS + 3):
            outlet.items[0].summary = f"تحديث {number}"
            await desk.poll()
    assert await rows(desk.database, "SELECT edits FROM entry WHERE identity = '1'") == [(MOST_EDITS,)]
    assert await rows(desk.database, "SELECT count(*) FROM revision") == [(MOST_EDITS,)]


async def test_a_new_rule_makes_no_edited_entry_ring(desk: Desk, tmp_path: Path) -> None:
    """What the old text held already is no news of the edit."""
    rules = desk.rules
    desk.rules = make_rules(tmp_path / "trial", shadow=True)
    outlet = Outlet([Item("1", KIRBY), *others()])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        async with desk.database.write() as session:
            await session.execute(text('DELETE FROM "match"'))  # as if the rule had not been there then
        desk.rules = rules
        outlet.items[0].summary = "نص جديد"
        assert await desk.poll() == Saved()
    assert await rows(desk.database, 'SELECT rule FROM "match"') == []


async def test_a_changed_guid_is_the_same_entry(desk: Desk) -> None:
    """The same headline on the same page, under another id: nothing new, and the new id is known from then on."""
    outlet = Outlet([Item("1", PUTIN), *others()])
    outlet.link_of = lambda guid: f"https://outlet.example/{guid.partition('-')[0]}"
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).entries == 7
        outlet.items[0].guid = "1-b"
        assert await desk.poll() == Saved()
    assert ("1-b",) in await rows(desk.database, "SELECT identity FROM entry")
    assert await rows(desk.database, "SELECT count(*) FROM entry") == [(7,)]


async def test_a_guid_that_is_used_again_for_another_story_hides_it_not(desk: Desk) -> None:
    """A feed's first place has one guid for whatever stands there: each story is an entry, and rings by itself."""
    outlet = Outlet(others())
    pages = {"top": 0}
    outlet.link_of = lambda guid: f"https://outlet.example/{guid}/{pages.get(guid, '')}"
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).entries == 6
        outlet.items.insert(0, Item("top", TITLES[0] + " مرة أخرى"))
        assert (await desk.poll()).entries == 1
        for number in range(1, MOST_EDITS + 3):
            pages["top"] = number
            outlet.items[0] = Item("top", f"{PUTIN} {number}", hours_old=0.5 - number)
            assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=1)
            assert await desk.poll() == Saved()
        outlet.items[0].title += " (تصحيح)"
        assert await desk.poll() == Saved()
    stored = await rows(desk.database, "SELECT link, edits FROM entry WHERE title LIKE 'بوتين%' ORDER BY id")
    last = MOST_EDITS + 2
    assert stored == [(f"https://outlet.example/top/{n}", int(n == last)) for n in range(1, last + 1)]


async def test_a_guid_that_is_a_place_in_the_feed(desk: Desk) -> None:
    """1, 2, 3 from the top, whatever stands there: only the new story is new, nothing is edited, and it is no flood."""
    stories = others()
    guids = {title: f"s{number}" for number, title in enumerate((*TITLES, PUTIN))}
    outlet = Outlet()

    def show() -> None:
        outlet.items = [Item(str(n), one.title, one.hours_old) for n, one in enumerate(stories[:6])]
        outlet.link_of = lambda guid: f"https://outlet.example/{guids[outlet.items[int(guid)].title]}"

    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        for number, one in enumerate(stories):
            one.hours_old = number
        show()
        assert (await desk.poll()).entries == 6
        stories.insert(0, Item("", PUTIN, hours_old=-1))
        show()
        assert await desk.poll() == Saved(entries=1, alerts=1, deliveries=1)
        assert await desk.poll() == Saved()
    assert await rows(desk.database, "SELECT count(*), max(edits) FROM entry") == [(7, 0)]
    async with desk.database.read() as session:
        assert await shown.untold(session, limit=9) == []


async def test_a_new_headline_on_a_new_page_with_the_old_date_is_an_edit(desk: Desk) -> None:
    """Some outlets make the address of the headline: a corrected one is no second story."""
    outlet = Outlet([Item("1", PUTIN), *others()])
    page = ["a"]
    outlet.link_of = lambda guid: f"https://outlet.example/{guid}/{page[0]}"
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).alerts == 1
        page[0], outlet.items[0].title = "b", "الرئيس بوتين في بيونغ يانغ في زيارة نادرة"
        saved = await desk.poll()
    assert (saved.entries, saved.alerts) == (0, 0)


@pytest.mark.parametrize("same", ["links", "titles"])
async def test_a_flood_of_new_ids_is_recognised_and_told(desk: Desk, same: str) -> None:
    """All ids new, and the links or else the headlines known: nothing rings, nothing is stored twice; an alarm."""
    outlet = Outlet([*others(), Item("1", PUTIN, hours_old=0.1)])
    if same == "links":
        outlet.link_of = lambda guid: f"https://outlet.example/{guid.partition('-')[0]}"
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        assert (await desk.poll()).deliveries == 1
        for item in outlet.items:
            item.guid += "-new"
            item.title = f"{item.title} الجديد كليا" if same == "links" else item.title
        assert await desk.poll() == Saved()
        async with desk.database.read() as session:
            (alarm,) = await shown.untold(session, limit=9)
        assert (alarm.kind, alarm.entries) == (AlarmKind.FLOOD, 7)
        assert await desk.poll() == Saved()
    assert await rows(desk.database, "SELECT count(*) FROM entry") == [(7,)]


async def test_what_comes_in_a_flood_is_quarantined_unless_it_is_dated_since(desk: Desk) -> None:
    """A headline that nobody knows and that is old rings for nobody; one of this hour does."""
    outlet = Outlet(others())
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.follows(5, "visits")
        await desk.poll()
        for item in outlet.items:
            item.guid += "-new"
        outlet.items += [
            Item("x", PUTIN, hours_old=5),
            Item("y", "بوتين يغادر بعد قليل إلى هانوي", hours_old=-1),
        ]
        assert await desk.poll() == Saved(entries=2, alerts=1, deliveries=1)
    fates = await rows(desk.database, 'SELECT fate FROM "match" ORDER BY fate')
    assert fates == [(Fate.ALERTED,), (Fate.FLOOD,)]


async def test_a_feed_that_rolled_over_is_no_flood(desk: Desk) -> None:
    """After a long pause everything is new, and it is news."""
    outlet = Outlet(others()[:FLOOD])
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        outlet.items = [Item(f"n{number}", f"{PUTIN} {number}") for number in range(FLOOD)]
        assert (await desk.poll()).alerts == FLOOD
    async with desk.database.read() as session:
        assert await shown.untold(session, limit=9) == []


@pytest.mark.parametrize("noise", ["mojibake", "questions"])
async def test_arabic_that_turns_to_noise_raises_an_alarm_once(desk: Desk, noise: str) -> None:
    """A headline in another charset, or in question marks, where Arabic stood before."""
    outlet = Outlet(others())
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        for number, title in enumerate(TITLES):
            spoilt = (
                title.encode().decode("latin-1")
                if noise == "mojibake"
                else "".join("?" if c != " " else c for c in title)
            )
            outlet.items[0:0] = [Item(f"s{number}", spoilt)]
            await desk.poll()
    async with desk.database.read() as session:
        assert [one.kind for one in await shown.untold(session, limit=9)] == [AlarmKind.UNREADABLE]


async def test_english_headlines_raise_no_alarm(desk: Desk) -> None:
    """A feed of two languages is not noise."""
    outlet = Outlet(others())
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        outlet.items[0:0] = [
            Item("e", "Oil prices rise after the meeting? Yes, they do, and they will again")
        ]
        await desk.poll()
    async with desk.database.read() as session:
        assert await shown.untold(session, limit=9) == []


async def test_calm_readings_are_written_together_and_only_by_their_holder(desk: Desk) -> None:
    """Entries that no rule knows wait for the flush; a worker that lost its lease meanwhile writes nothing."""
    outlet = Outlet(others())
    async with RawServer(outlet) as server:
        await desk.knows(server.url())
        await desk.poll()
        outlet.items[0:0] = [Item("calm", "افتتاح جسر جديد في العاصمة صباح اليوم")]
        desk.time = desk.time.replace(hour=23)
        (feed,) = await desk.claim()
        assert (await desk.poller.poll(feed)).entries == 1
        assert await rows(desk.database, "SELECT count(*) FROM entry") == [(6,)]
        async with desk.database.write() as session:
            await session.execute(text("UPDATE feed SET lease_epoch = lease_epoch + 1"))
        await desk.poller.flush()
        assert await rows(desk.database, "SELECT count(*) FROM entry") == [(6,)]
        async with desk.database.write() as session:
            await session.execute(text("UPDATE feed SET lease_until = NULL"))
        assert (await desk.poll()).entries == 1
    assert await rows(desk.database, "SELECT count(*) FROM entry") == [(7,)]


async def test_three_months_of_a_real_feed_are_stored_once(desk: Desk) -> None:
    """36 snapshots of one feed, polled one after the other: each article is one entry, and no alarm is raised."""
    snapshots = [
        path.read_bytes() for path in sorted(shared_path("data", "feeds", "series_nabdsharqi").glob("*.xml"))
    ]

    async def answer(visit: Visit) -> None:
        await visit.answer(body=snapshots[0])

    async with RawServer(answer) as server:
        url = server.url()
        whole = {canonical_link(one.link) for body in snapshots for one in parse_feed(body, url=url).entries}
        await desk.knows(url)
        while snapshots:
            await desk.poll()
            assert (await desk.feed()).failure == ""
            del snapshots[0]
    links = [canonical_link(str(link)) for (link,) in await rows(desk.database, "SELECT link FROM entry")]
    assert len(links) == len(set(links)) == len(whole)
    async with desk.database.read() as session:
        assert await shown.untold(session, limit=9) == []
