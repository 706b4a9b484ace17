"""Moving to another database: every row arrives, what waits is told there and only there."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect, select, text

from bot.delivery.record import record_sent
from bot.errors import MoveRefused, StoreUnavailable
from bot.store import chats, deliveries, entries, leases, mailboxes, moving, rule_files, shown
from bot.store.deliveries import Sent
from bot.store.engine import Database
from bot.store.role import Role
from bot.store.schema import upgrade
from bot.store.tables import Entry, HostPace, HubSubscription, Match, Page, Revision, RuleBookState, RuleFile
from bot.store.types import AlarmKind, DeliveryState, Guarantee
from tests.bot.outbox import TITLE, alert, ends, follow, row

NOW = datetime(2024, 6, 18, 18, 30, 1, 234567, tzinfo=UTC)
READER, GROUP = 7_123_456_789, -1_001_234_567_890


@pytest.fixture(params=["to PostgreSQL", "to SQLite"])
async def pair(
    request: pytest.FixtureRequest, tmp_path: Path, new_postgres: Callable[[], str]
) -> AsyncIterator[tuple[Database, Database]]:
    """Where the rows are, with the present schema, and where they are to go, without any."""
    urls = [f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}", new_postgres()]
    source, target = (Database(url) for url in (urls if request.param == "to PostgreSQL" else urls[::-1]))
    await upgrade(source)
    yield source, target
    await source.dispose()
    await target.dispose()


def silent(_table: str, _rows: int) -> None:
    """Nobody watches."""


async def work(database: Database) -> list[int]:
    """A life: chats, alerts in every state, one being sent, matches, pages, alarms, rule files; the deliveries."""
    await follow(database, NOW, READER)
    await follow(database, NOW, GROUP, thread=5)
    made = [number for _ in range(4) for number in await alert(database, NOW)]
    dead, uncertain, sent, *_ = made
    await ends(database, NOW, dead, DeliveryState.DEAD, "no")
    await ends(database, NOW, uncertain, DeliveryState.UNCERTAIN, "hm", twice=True)
    async with database.write() as session:
        role = Role(database, "sender", lambda: NOW)
        standing = await leases.standing(session, "sender", NOW)
        role.epoch = await leases.take(session, standing, "", NOW, seconds=15)
        await session.execute(text("UPDATE delivery SET state = 'suppressed' WHERE id = 4"))
        await mailboxes.rebuild(session, NOW)
        flying = await deliveries.claim(session, NOW, epoch=1, limit=2, terminal=False)
        await chats.choose_guarantee(session, GROUP, Guarantee.AT_MOST_ONCE)
        evidence = [{"spans": [[0, 5]], "text": "بوتين"}]
        match = Match(
            entry_id=1, rule="visits", rule_hash="h", severity="high", evidence=evidence, explanation=["أ", "b"],
            matched_at=NOW, fate="alerted", alert_id=1,
        )  # fmt: skip
        await entries.add_matches(session, [match])
        await shown.remember(session, 1, b"\x00\xff digests")
        await shown.raise_alarm(session, 1, AlarmKind.FLOOD, 7, NOW)
        await rule_files.note_told(session, "digest", ("a.yaml",), NOW)
        book = RuleBookState(part="clock", hash="abc", rules=9, files=12, kept=1, loaded_at=NOW)
        await rule_files.note_book(session, book)
        await leases.beat(session, "clock", NOW, "ميت")
        session.add(Page(entry_id=1, state="read", detail="900", asked_at=NOW, lease_until=None))
        session.add(Revision(entry_id=1, number=0, title="قبل", replaced_at=NOW))
        session.add(HostPace(name="a.example", free_at=NOW, written_at=NOW))
        session.add(RuleFile(path="library/x.yaml", content=b"\x00\xfe", hash="h", since=NOW))
        hub = HubSubscription(feed_id=1, hub="h", topic="t", token="x", secret="y", next_at=NOW)  # none
        session.add(hub)
    assert next(one.id for one in flying) == sent
    await record_sent(database, [Sent(one, 900, NOW) for one in flying[:1]])
    return made


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as Python values."""
    async with database.read() as session:
        return {
            table.name: [
                dict(one)
                for one in (
                    await session.execute(select(table).order_by(*table.primary_key.columns))
                ).mappings()
            ]
            for table in moving.tables()
        }


async def test_every_row_arrives_as_it_was(pair: tuple[Database, Database]) -> None:
    """Instants to the microsecond, JSON, bytes, numbers of 64 bits; every table that there is is thought of."""
    source, target = pair
    await work(source)
    before = await contents(source)
    moved = await moving.move(source, target, NOW, silent)
    after = await contents(target)
    for lease in before["lease"]:
        lease |= {"holder": "", "epoch": lease["epoch"] + 1}
    assert after == before
    assert moved.rows == {name: len(rows) for name, rows in before.items()}
    assert [name for name, rows in before.items() if not rows] == []
    async with target.engine.connect() as connection:
        names = set(await connection.run_sync(lambda plain: inspect(plain).get_table_names()))
    assert names == {*before, "alembic_version"}


async def test_new_rows_take_new_numbers(pair: tuple[Database, Database]) -> None:
    """The next alert, entry and delivery come after the last ones."""
    source, target = pair
    made = await work(source)
    await moving.move(source, target, NOW, silent)
    new = await alert(target, NOW)
    assert min(new) > max(made)
    assert (await row(target, new[0])).alert_id == 5


async def test_what_was_being_sent_goes_once_more_and_what_was_sent_does_not(
    pair: tuple[Database, Database],
) -> None:
    """As after the death of a sender: labelled; what waits is claimed; what ended has ended."""
    source, target = pair
    await work(source)
    sending = [
        one["id"] for one in (await contents(source))["delivery"] if one["state"] == DeliveryState.SENDING
    ]
    await moving.move(source, target, NOW, silent)
    role = Role(target, "sender", lambda: NOW)

    async def take(session: Any, epoch: int) -> None:
        await deliveries.recover(session, epoch, NOW, pause=0)

    assert await role.hold(take)
    async with target.write() as session:
        claimed = await deliveries.claim(session, NOW, epoch=role.epoch or 0, limit=9, terminal=False)
    assert [(await row(target, one)).may_be_duplicate for one in sending] == [True]
    states = {one["id"]: one["state"] for one in (await contents(target))["delivery"]}
    assert states[3] == DeliveryState.SENT
    assert claimed and all(one.id not in (1, 2, 3, 4) for one in claimed)


async def test_nobody_starts_on_what_was_left_or_takes_a_role_in_it(pair: tuple[Database, Database]) -> None:
    """A process that is started there says where the rows are; one that stood by stands by for ever."""
    source, target = pair
    await work(source)
    await moving.move(source, target, NOW, silent)
    with pytest.raises(StoreUnavailable, match=r"moved to .*, and is not used any more"):
        await upgrade(source)
    standby = Role(source, "sender", lambda: NOW)

    async def taken(*_: object) -> None:
        raise AssertionError("it took the role")

    assert not await standby.hold(taken)
    assert standby.epoch is None
    with pytest.raises(StoreUnavailable, match="moved to"):
        await moving.move(source, target, NOW, silent)


async def test_one_that_works_is_not_moved_away_from(
    pair: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A living sender is named; who is silent for a lease, on whatever machine, is dead."""
    source, target = pair
    monkeypatch.setattr(moving, "LEASE_SECONDS", 1.5)
    await work(source)
    role = Role(source, "sender", lambda: NOW, holder="elsewhere/b/1|77|1|x")

    async def nothing(*_: object) -> None: ...

    assert await role.hold(nothing)
    beats = [True]

    async def read_and_renew() -> dict[str, tuple[str, int]]:
        if beats[0]:
            async with source.write() as session:
                await leases.renew(session, "sender", role.epoch or 0, NOW, seconds=15)
        return await standings(source)

    standings = moving._standings
    monkeypatch.setattr(moving, "_standings", lambda _source: read_and_renew())
    with pytest.raises(MoveRefused, match=r"elsewhere, process 77 works in this database \(sender\)"):
        await moving.move(source, target, NOW, silent)
    beats[0] = False
    assert (await moving.move(source, target, NOW, silent)).total > 20


async def test_a_worker_that_polls_is_not_moved_away_from(pair: tuple[Database, Database]) -> None:
    """It holds no role, but its sign of life is fresh."""
    source, target = pair
    async with source.write() as session:
        await leases.beat(session, "worker", NOW)
    with pytest.raises(MoveRefused, match="a worker polls"):
        await moving.move(source, target, NOW + timedelta(seconds=5), silent)
    await moving.move(source, target, NOW + timedelta(seconds=20), silent)


async def test_rows_that_are_there_are_not_touched(pair: tuple[Database, Database]) -> None:
    """The target is somebody's: refused, and the source works on."""
    source, target = pair
    await work(source)
    await upgrade(target)
    await follow(target, NOW, 1)
    with pytest.raises(MoveRefused, match=r"there are rows in it already \(1 in chat\)"):
        await moving.move(source, target, NOW, silent)
    await upgrade(source)
    assert await alert(source, NOW)


async def test_broken_off_it_is_all_or_nothing(pair: tuple[Database, Database]) -> None:
    """Whatever statement fails over there: nothing has arrived, nothing is left behind; then it is moved whole."""
    source, target = pair
    await work(source)
    await upgrade(target)
    before = await contents(source)

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO delivery"):
            raise OSError("the cable")

    event.listen(target.engine.sync_engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="the cable"):
        await moving.move(source, target, NOW, silent)
    event.remove(target.engine.sync_engine, "before_cursor_execute", fail)
    assert all(rows == [] for rows in (await contents(target)).values())
    assert await contents(source) == before
    await moving.move(source, target, NOW, silent)
    assert len((await contents(target))["delivery"]) == len(before["delivery"])


async def test_a_nul_is_left_out_where_it_cannot_stand(
    tmp_path: Path, new_postgres: Callable[[], str]
) -> None:
    """SQLite takes one in a text, PostgreSQL does not."""
    source, target = Database(f"sqlite+aiosqlite:///{tmp_path / 'rasid.db'}"), Database(new_postgres())
    await upgrade(source)
    await follow(source, NOW, READER)
    await alert(source, NOW, title=f"{TITLE}\0")
    await moving.move(source, target, NOW, silent)
    async with target.read() as session:
        assert (await session.get_one(Entry, 1)).title == TITLE
    await source.dispose()
    await target.dispose()
