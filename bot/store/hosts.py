"""The budget of each server, shared by all processes: how many at once, and the pause between two.

Feeds and the pages of their entries spend from it alike. A row says when a server may be asked next; it is written in
the transaction that claims. Claims take turns, so that two workers never take a server's one chance both.

What a claim executes is built once, and run over a plain connection: see ``Database.in_one_go``.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Select, bindparam, exists, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.dialect import CLOCK_SLACK, in_turn, table_of, upsert_for
from bot.store.tables import ASKED_PAGE, Entry, Feed, HostPace, Page
from bot.store.types import UTCDateTime
from feeds.hosts import host_of

ENTRY, FEED, PACE, PAGE = table_of(Entry), table_of(Feed), table_of(HostPace), table_of(Page)
NOW = bindparam("now", type_=UTCDateTime())
AHEAD = bindparam("ahead", type_=UTCDateTime())  # as far ahead as clocks may differ
# a server that is tired of one feed lets all of its feeds wait, but not for ever
LONGEST_HOLD = timedelta(hours=1)
_PAGES = "pages of {host}"  # the row of what a server asks of crawlers alone
_LOOKS = 8  # for due feeds, each passing over the servers whose chances the last one took
_LOOKED_AT = 4  # times as many due feeds as are wanted, once it is known that servers have many


@dataclass(frozen=True, slots=True)
class Budget:
    """What one server bears: how much is read at the same time, and the pause between the beginnings of two."""

    at_once: int = 2
    pause: timedelta = timedelta(seconds=1)

    def chances(self, being_read: int) -> int:
        """How many more of a server's feeds may be read now."""
        return self._left(self.at_once - being_read)

    def page_chances(self, being_read: int) -> int:
        """How many more pages: they leave a place to the feeds, which bring the news."""
        return self._left(max(1, self.at_once - 1) - being_read)

    def _left(self, places: int) -> int:
        return min(max(0, places), 1 if self.pause else places)


USUAL = Budget()


def is_free(now: Any, ahead: Any) -> Any:
    """The condition that a feed's server may be asked: nobody's pause, and no wish of its own, is in the way."""
    return ~exists().where(PACE.c.name == FEED.c.host, *_rests(now, ahead))


def _rests(now: Any, ahead: Any) -> tuple[Any, ...]:
    return (PACE.c.free_at > now, PACE.c.written_at <= ahead)


def pages_in_hand(now: Any) -> tuple[Any, ...]:
    """The conditions that a page is being read; with a reason beside it, it waits for its next try."""
    return (text(ASKED_PAGE), PAGE.c.detail == "", PAGE.c.lease_until > now)


def seeking(*due: Any) -> Select[tuple[int, str, int]]:
    """The query with which ``choose`` looks for feeds: those that satisfy ``due``, the longest due first.

    With each, its server and how many feeds of that are being read. The conditions may have ``NOW`` and ``AHEAD``.
    """
    other = FEED.alias("other")
    being_read = select(func.count()).where(other.c.host == FEED.c.host, other.c.lease_until > NOW)
    return (
        select(FEED.c.id, FEED.c.host, being_read.scalar_subquery())
        .where(*due, is_free(NOW, AHEAD))
        .where(FEED.c.id.not_in(bindparam("chosen", expanding=True)))
        .where(FEED.c.host.not_in(bindparam("tired", expanding=True)))
        .order_by(FEED.c.due_at, FEED.c.id)
        .limit(bindparam("wanted"))
        .with_for_update(skip_locked=True, of=FEED)
    )


_LINKS_IN_HAND = select(ENTRY.c.link).join(PAGE, PAGE.c.entry_id == ENTRY.c.id).where(*pages_in_hand(NOW))
_BEING_READ = (
    select(FEED.c.host, func.count())
    .where(FEED.c.host.in_(bindparam("names", expanding=True)), FEED.c.lease_until > NOW)
    .group_by(FEED.c.host)
)
_RESTING = select(PACE.c.name).where(PACE.c.name.in_(bindparam("names", expanding=True)), *_rests(NOW, AHEAD))


def choose(
    connection: Connection,
    query: Executable,
    instants: Mapping[str, datetime],
    *,
    limit: int,
    budget: Budget,
) -> list[int]:
    """The ids of up to ``limit`` feeds that ``query`` finds and whose servers may be asked; takes their turns.

    ``query`` comes of ``seeking``; ``instants`` are what its conditions need.
    """
    take_turns(connection)
    now = instants["now"]
    chosen: list[int] = []
    chances: dict[str, int] = {}  # that a server has left
    pages = _pages_read(connection, now)
    for look in range(_LOOKS):
        wanted = limit * _LOOKED_AT if look else limit
        tired = [host for host, left in chances.items() if not left]
        passed_over = {"chosen": chosen, "tired": tired, "wanted": wanted}
        found = connection.execute(query, {**instants, **passed_over}).all()
        for feed_id, host, being_read in found:
            left = chances.setdefault(host, budget.chances(being_read + pages[host]))
            if left and len(chosen) < limit:
                chosen.append(feed_id)
                chances[host] = left - 1
        if len(chosen) == limit or len(found) < wanted:
            break
    if budget.pause and chosen:
        begun = {"chosen": chosen, "free": now + budget.pause, "now": now}
        connection.execute(_pausing(connection.dialect.name), begun)
    return chosen


def take_turns(connection: Connection) -> None:
    """Let no two claims look at the same time; each sees what the one before it took."""
    in_turn(connection, "claims")


def page_chances(
    connection: Connection, names: Collection[str], now: datetime, budget: Budget
) -> dict[str, int]:
    """Of how many pages each of these servers may be asked now; whoever claims them says so with ``begin``."""
    asked = [*names, *(_PAGES.format(host=name) for name in names)]
    resting = set(connection.scalars(_RESTING, {"names": asked, "now": now, "ahead": now + CLOCK_SLACK}))
    reading = _being_read(connection, names, now)
    return {
        name: 0 if resting & {name, _PAGES.format(host=name)} else budget.page_chances(reading.get(name, 0))
        for name in names
    }


def begin(connection: Connection, names: Collection[str], now: datetime, budget: Budget) -> None:
    """Note that these servers are about to be asked."""
    if budget.pause:
        _let_wait(connection, dict.fromkeys(names, now + budget.pause), now)


def hold_pages(connection: Connection, host: str, until: datetime, now: datetime) -> None:
    """Let no page of a server be asked before an instant; its feeds are asked as ever."""
    hold(connection, {_PAGES.format(host=host): until}, now)


def hold(connection: Connection, until: Mapping[str, datetime], now: datetime) -> None:
    """Let nothing of these servers be asked before an instant, which is an hour away at most."""
    if not until:
        return
    take_turns(connection)  # who claims writes the same rows
    _let_wait(connection, {host: min(at, now + LONGEST_HOLD) for host, at in until.items()}, now)


def _being_read(connection: Connection, names: Collection[str], now: datetime) -> Counter[str]:
    """How much is read of each server now: its feeds, and its pages."""
    rows = connection.execute(_BEING_READ, {"names": list(names), "now": now})
    return _pages_read(connection, now) + Counter({host: count for host, count in rows})


def _pages_read(connection: Connection, now: datetime) -> Counter[str]:
    """How many pages of each server are being read now."""
    return Counter(map(host_of, connection.scalars(_LINKS_IN_HAND, {"now": now})))


def _let_wait(connection: Connection, until: Mapping[str, datetime], now: datetime) -> None:
    if until:
        rows = [{"name": host, "free_at": at, "written_at": now} for host, at in sorted(until.items())]
        connection.execute(_put_pace(connection.dialect.name), rows)


@cache
def _put_pace(dialect: str) -> Executable:
    return _the_later(upsert_for(dialect, HostPace))


@cache
def _pausing(dialect: str) -> Executable:
    """For the servers of chosen feeds: in one statement, since every claim of many has it."""
    hosts = select(FEED.c.host, bindparam("free", type_=UTCDateTime()), NOW).distinct()
    of_chosen = hosts.where(FEED.c.id.in_(bindparam("chosen", expanding=True))).order_by(FEED.c.host)
    return _the_later(upsert_for(dialect, HostPace).from_select(["name", "free_at", "written_at"], of_chosen))


def _the_later(put: sqlite.Insert | postgresql.Insert) -> Executable:
    """Of two pauses the longer one stands, unless another clock reckoned it."""
    return put.on_conflict_do_update(
        index_elements=["name"],
        set_={"free_at": put.excluded.free_at, "written_at": put.excluded.written_at},
        where=(PACE.c.free_at < put.excluded.free_at) | (PACE.c.written_at > put.excluded.written_at),
    )
