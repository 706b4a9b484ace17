"""What the store's modules share: statements that the two databases spell differently, and how far clocks differ."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Table, func, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

P = ParamSpec("P")
T = TypeVar("T")
# what was written further ahead than this was written by a clock that has been set back since
CLOCK_SLACK = timedelta(seconds=2)
ROWS_A_STATEMENT = 500  # SQLite takes 32,766 variables a statement; our widest row has fewer than 20 columns


def table_of(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a model."""
    table = model.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
    assert isinstance(table, Table)
    return table


async def insert_new(
    session: AsyncSession, model: type[SQLModel], rows: Sequence[dict[str, Any]]
) -> list[int]:
    """Insert ``rows``, leaving out those that a unique constraint already holds; the new ids, in any order."""
    if not rows:
        return []
    table = table_of(model)
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    # with the rows as parameters the statement is compiled once, and SQLAlchemy cuts them into as many as fit
    insert = make(table).on_conflict_do_nothing().returning(table.c.id)
    result = await (await session.connection()).execute(insert, list(rows))
    return list(result.scalars())


async def within(
    session: AsyncSession, work: Callable[Concatenate[Connection, P], T], *args: P.args, **named: P.kwargs
) -> T:
    """Do in a session's transaction what is written for a plain connection (see ``Database.in_one_go``)."""
    await session.flush()  # it sees what the session holds
    return await (await session.connection()).run_sync(work, *args, **named)


async def one_at_a_time(session: AsyncSession, name: str) -> None:
    """Let transactions that ask for the same ``name`` run one after the other, until they end."""
    await within(session, in_turn, name)


def in_turn(connection: Connection, name: str) -> None:
    """The same. SQLite's writers take turns anyway; PostgreSQL takes an advisory lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def utc_date(session: AsyncSession, instant: Column[Any]) -> ColumnElement[Any]:
    """The date in UTC of a column of instants: text in SQLite, a date in PostgreSQL; both read YYYY-MM-DD."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date(func.timezone("UTC", instant))
    return func.date(instant)


def upsert(session: AsyncSession, model: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into the table of ``model`` that knows ``on_conflict_do_update`` on either database."""
    return upsert_for(session.get_bind().dialect.name, model)


def upsert_for(dialect: str, model: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    """The same, by the database's kind."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table_of(model))
