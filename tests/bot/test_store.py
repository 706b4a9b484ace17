"""The store: the same promises on SQLite and PostgreSQL."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from bot.errors import SchemaTooNew, StoreUnavailable
from bot.store import chats, deliveries, entries, feeds, leases, mailboxes, outgoing
from bot.store.claimed import ClaimedFeed
from bot.store.dialect import within
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.store.tables import Alert, Chat, Delivery, Entry, Subscription
from bot.store.types import ChatState, DeliveryState, FeedState

A, B = "https://a.example/feed", "https://b.example/feed"


async def given_feed(database: Database, now: datetime, url: str = A) -> ClaimedFeed:
    """One feed that is due, claimed."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": url, "outlet": "Mashriq"}], now)
        (feed,) = await within(session, feeds.claim_due, now, limit=1, lease_seconds=60)
    return feed


async def given_alert(database: Database, now: datetime) -> int:
    """An alert about one entry of one feed."""
    feed = await given_feed(database, now)
    assert feed.id is not None
    async with database.write() as session:
        (entry,) = await entries.add(session, [Entry(feed_id=feed.id, identity="1", title="t", seen_at=now)])
        assert entry.id is not None
        alert = Alert(entry_id=entry.id, severity="high", severity_rank=2, created_at=now)
        return await entries.open_alert(session, alert)


async def given_chats(database: Database, now: datetime, *ids: int) -> None:
    """Private chats that follow one rule."""
    async with database.write() as session:
        for chat_id in ids:
            await chats.meet(session, chat_id, "private", now)
            await chats.follow(session, chat_id, 0, ["r"], now)


async def outbox(database: Database) -> list[Delivery]:
    """Every delivery, by id."""
    async with database.read() as session:
        rows = await session.execute(text("SELECT id FROM delivery ORDER BY id"))
        return [await session.get_one(Delivery, row.id) for row in rows]


DESCENDING = {"ix_delivery_waiting", "ix_mailbox_ready"}


async def test_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    """The migrated schema and the models agree, on both databases."""

    def differences(connection: Connection) -> list[Any]:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
        if connection.dialect.name == "postgresql":
            return list(found)
        # SQLite does not tell of a column's DESC, so that these two always look as if they differed
        return [one for one in found if not (one[0].endswith("_index") and one[1].name in DESCENDING)]

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_what_is_gravest_is_found_by_an_index(database: Database) -> None:
    """The two indexes that a claim reads run from the gravest down, on both databases."""
    query = "SELECT sql FROM sqlite_master WHERE name = :name"
    if not database.is_sqlite:
        query = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
    async with database.read() as session:
        for name in DESCENDING:
            assert "rank DESC" in (await session.execute(text(query), {"name": name})).scalar_one()


async def test_upgrade_runs_twice_without_harm(database: Database) -> None:
    """A second start finds the schema as it should be."""
    await upgrade(database)


async def test_a_newer_schema_is_refused(database: Database) -> None:
    """A database of a newer Rasid is not touched, and the reason is said."""
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="newer Rasid"):
        await upgrade(database)


async def test_a_database_that_cannot_be_opened_is_one_clear_line() -> None:
    """No traceback for a server that is not there, and no password in the line."""
    database = Database("postgresql+psycopg://user:hunter2@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable) as caught:
        await upgrade(database)
    assert "hunter2" not in str(caught.value)
    assert "DATABASE_URL" in str(caught.value)
    await database.dispose()


def test_a_missing_folder_is_named() -> None:
    """SQLite's own message does not say what is missing; ours does."""
    with pytest.raises(StoreUnavailable, match="/no/such/folder"):
        Database("sqlite+aiosqlite:////no/such/folder/rasid.db")


async def test_naive_datetimes_are_refused(database: Database) -> None:
    """An instant without a zone never reaches a row."""
    with pytest.raises(Exception, match="without a zone"):
        async with database.write() as session:
            session.add(Chat(id=5, type="private", created_at=datetime(2024, 6, 18)))


async def test_foreign_keys_hold(database: Database, now: datetime) -> None:
    """A subscription without its chat is impossible, on SQLite too."""
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(Subscription(chat_id=404, rule="r", created_at=now))


async def test_catalogue_sync_adds_updates_drops_and_revives(database: Database, now: datetime) -> None:
    """Feeds follow the catalogue; a dropped one keeps its row and comes back due."""
    async with database.write() as session:
        await feeds.sync(session, [{"url": A, "outlet": "old"}, {"url": B, "outlet": "b"}], now)
        await feeds.sync(session, [{"url": A, "outlet": "new"}], now)
        rows = {feed.url: (feed.outlet, feed.state) for feed in await feeds.every(session)}
    assert rows == {A: ("new", FeedState.NEW), B: ("b", FeedState.DROPPED)}
    async with database.write() as session:
        await feeds.sync(session, [{"url": B, "outlet": "b"}], now)
        due = await within(session, feeds.claim_due, now, limit=10, lease_seconds=60)
    assert [feed.url for feed in due] == [B]


async def test_a_claimed_feed_is_nobody_elses_until_its_lease_ends(database: Database, now: datetime) -> None:
    """One claim at a time; after the lease another holder gets a higher epoch, and the first one's write is refused."""
    first = await given_feed(database, now)
    async with database.write() as session:
        assert await within(session, feeds.claim_due, now, limit=5, lease_seconds=60) == []
        later = now + timedelta(seconds=61)
        (second,) = await within(session, feeds.claim_due, later, limit=5, lease_seconds=60)
        assert first.id is not None
        assert not await feeds.settle(session, first.id, first.lease_epoch, etag="stale")
        assert await feeds.settle(session, first.id, second.lease_epoch, etag="fresh")


async def test_a_released_feed_is_due_at_once(database: Database, now: datetime) -> None:
    """An orderly stop gives unread feeds back; only their server's pause is kept."""
    feed = await given_feed(database, now)
    async with database.write() as session:
        await feeds.release(session, [feed])
        soon = now + timedelta(seconds=1)
        assert [
            one.id for one in await within(session, feeds.claim_due, soon, limit=5, lease_seconds=60)
        ] == [feed.id]


async def test_quiet_polls_are_written_in_a_batch_under_their_epochs(
    database: Database, now: datetime
) -> None:
    """A batch settles the feeds still held, and leaves alone those that passed to another holder."""
    feed = await given_feed(database, now)
    quiet = {
        "feed_id": feed.id,
        "state": FeedState.FAILING,
        "etag": '"1"',
        "last_modified": "",
        "moved_to": "",
        "moved_since": None,
        "failure": "dns",
        "failure_detail": "no such host",
        "failures_in_row": 3,
        "polled_at": now,
        "due_at": now + timedelta(hours=1),
        "due_reason": "back_off",
    }
    async with database.write() as session:
        await within(
            session, feeds.settle_many, [{**quiet, "epoch": feed.lease_epoch - 1, "failure": "stale"}]
        )
        await within(session, feeds.settle_many, [{**quiet, "epoch": feed.lease_epoch}])
    async with database.read() as session:
        (row,) = await feeds.every(session)
    assert (row.failure, row.failures_in_row, row.lease_until) == ("dns", 3, None)
    assert row.due_at == now + timedelta(hours=1)


async def test_an_entry_is_stored_once(database: Database, now: datetime) -> None:
    """The same identity in the same feed is one entry, whoever stores it."""
    feed = await given_feed(database, now)
    assert feed.id is not None
    one, twin = (Entry(feed_id=feed.id, identity="guid-1", title="خبر", seen_at=now) for _ in range(2))
    async with database.write() as session:
        assert len(await entries.add(session, [one])) == 1
        assert await entries.add(session, [twin]) == []
        assert [
            one.identity for one in await entries.standing(session, feed.id, identities=["guid-1", "guid-2"])
        ] == ["guid-1"]


async def test_a_delivery_is_planned_once_a_chat_and_topic(database: Database, now: datetime) -> None:
    """Planning the same alert twice queues it once."""
    alert = await given_alert(database, now)
    await given_chats(database, now, 1, 2)
    async with database.write() as session:
        assert await outgoing.plan(session, alert, 2, {"r"}, now) == 2
        assert await outgoing.plan(session, alert, 2, {"r"}, now) == 0


async def test_a_paused_chat_gets_a_suppressed_delivery_with_the_reason(
    database: Database, now: datetime
) -> None:
    """Nothing disappears without a trace."""
    alert = await given_alert(database, now)
    await given_chats(database, now, 1)
    async with database.write() as session:
        await chats.pause(session, 1, "blocked", now)
        await outgoing.plan(session, alert, 2, {"r"}, now)
    (row,) = await outbox(database)
    assert (row.state, row.reason) == (DeliveryState.SUPPRESSED, "chat_paused: blocked")


async def test_claims_take_one_a_chat_and_the_gravest_first(database: Database, now: datetime) -> None:
    """Chats are served side by side, each in order; a chat with a message under way waits."""
    alert = await given_alert(database, now)
    await given_chats(database, now, 1, 2)
    async with database.write() as session:
        await chats.follow(session, 2, 0, ["grave"], now)
        await outgoing.plan(session, alert, 1, {"r"}, now)
        (entry_id,) = (await session.execute(text("SELECT entry_id FROM alert"))).one()
        grave = Alert(entry_id=entry_id, severity="critical", severity_rank=3, created_at=now)
        second = await entries.open_alert(session, grave)
        await outgoing.plan(session, second, 3, {"grave"}, now)
        first = await deliveries.claim(session, now, epoch=1, limit=10, terminal=False)
        again = await deliveries.claim(session, now, epoch=1, limit=10, terminal=False)
    assert [(one.chat_id, one.alert_id) for one in first] == [(2, second), (1, alert)]
    assert again == []


async def test_a_hushed_chat_is_left_alone_and_others_go(database: Database, now: datetime) -> None:
    """A chat that rests holds nobody else up."""
    alert = await given_alert(database, now)
    await given_chats(database, now, 1, 2)
    async with database.write() as session:
        await outgoing.plan(session, alert, 1, {"r"}, now)
        await mailboxes.refresh(session, 1, now, free_at=now + timedelta(seconds=9))
        claimed = await deliveries.claim(session, now, epoch=1, limit=10, terminal=False)
        assert [one.chat_id for one in claimed] == [2]
        later = await deliveries.claim(session, now + timedelta(seconds=9), epoch=1, limit=10, terminal=False)
        assert [one.chat_id for one in later] == [1]


async def test_what_a_dead_sender_left_goes_again_once_labelled_then_is_uncertain(
    database: Database, now: datetime
) -> None:
    """Two deaths in the middle of one send end in ``uncertain``, for a person to decide."""
    alert = await given_alert(database, now)
    await given_chats(database, now, 1)
    async with database.write() as session:
        await outgoing.plan(session, alert, 1, {"r"}, now)
        await deliveries.claim(session, now, epoch=1, limit=1, terminal=False)
        assert await deliveries.recover(session, 2, now, pause=30) == [1]
        assert await deliveries.claim(session, now, epoch=2, limit=1, terminal=False) == []
        (again,) = await deliveries.claim(
            session, now + timedelta(seconds=31), epoch=2, limit=1, terminal=False
        )
        assert again.may_be_duplicate
        assert await deliveries.recover(session, 3, now, pause=30) == [1]
    (row,) = await outbox(database)
    assert row.state == DeliveryState.UNCERTAIN


async def test_a_fenced_sender_cannot_record(database: Database, now: datetime) -> None:
    """Once a row was taken back, the outcome of the earlier sender is refused."""
    alert = await given_alert(database, now)
    await given_chats(database, now, 1)
    async with database.write() as session:
        await outgoing.plan(session, alert, 1, {"r"}, now)
        (mine,) = await deliveries.claim(session, now, epoch=1, limit=1, terminal=False)
        await deliveries.recover(session, 2, now, pause=0)
        assert await deliveries.settle(session, mine, now, state=DeliveryState.SENT) is None


async def test_a_role_has_one_holder_and_its_epoch_grows(database: Database, now: datetime) -> None:
    """A role is taken as it was seen: whoever renewed or took it meanwhile keeps it."""
    async with database.write() as session:
        free = await leases.standing(session, "sender", now)
        assert await leases.take(session, free, "one", now, seconds=15) == 1
        assert await leases.take(session, free, "two", now, seconds=15) is None
        seen = await leases.standing(session, "sender", now)
        assert await leases.renew(session, "sender", 1, now, seconds=15)
        assert await leases.take(session, seen, "two", now, seconds=15) is None
        seen = await leases.standing(session, "sender", now)
        assert await leases.take(session, seen, "two", now, seconds=15) == 2
        assert not await leases.renew(session, "sender", 1, now, seconds=15)
        await leases.release(session, "sender", 2, now)
        assert (await leases.standing(session, "sender", now)).holder == ""


async def test_migration_moves_everything_and_merges_what_both_hold(
    database: Database, now: datetime
) -> None:
    """A supergroup inherits its group's subscriptions and deliveries, each once, even if it was known before."""
    alert = await given_alert(database, now)
    await given_chats(database, now, -1, -100)
    async with database.write() as session:
        await chats.follow(session, -1, 0, ["other"], now)
        await outgoing.plan(session, alert, 1, {"r"}, now)
        await chats.migrate(session, -1, -100, now)
        await chats.migrate(session, -1, -100, now)
        assert await chats.find(session, -1) is None
        assert await chats.followed(session, -100, 0) == ["other", "r"]
    assert [row.chat_id for row in await outbox(database)] == [-100]


async def test_following_counts_only_what_is_new(database: Database, now: datetime) -> None:
    """Following twice is harmless; unfollowing everything leaves nothing."""
    await given_chats(database, now, 1)
    async with database.write() as session:
        assert await chats.follow(session, 1, 0, ["r", "s"], now) == 1
        assert await chats.follow(session, 1, 7, ["r"], now) == 1
        assert await chats.unfollow(session, 1, 0, [outgoing.ALL_RULES]) == 2
        assert await chats.followed(session, 1, 7) == ["r"]


async def test_a_chat_that_speaks_again_is_active(database: Database, now: datetime) -> None:
    """Whoever blocked us and comes back needs no second registration."""
    await given_chats(database, now, 1)
    async with database.write() as session:
        await chats.pause(session, 1, "blocked", now)
        await chats.meet(session, 1, "private", now)
        chat = await chats.find(session, 1)
    assert chat is not None
    assert (chat.state, chat.state_reason) == (ChatState.ACTIVE, "")
