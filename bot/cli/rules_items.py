"""The news that a command looks at: a file of JSON lines, or what the database has stored."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer

from bot.cli.rules_common import refuse

if TYPE_CHECKING:
    from bot.cli.item_lines import ItemLines
    from bot.store.engine import Session
    from rules import Document

T = TypeVar("T")
_NO_TABLE = (
    "no such table",
    "UndefinedTable",
)  # what SQLite and PostgreSQL say of a database that nothing has filled

ItemsOption = Annotated[
    Path | None, typer.Option("--items", metavar="FILE", help="News in a file: a JSON object a line.")
]
_MOST_DAYS = 3650


def _some_days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= _MOST_DAYS:
        raise typer.BadParameter(f"الأيام من 1 إلى {_MOST_DAYS} · from 1 to {_MOST_DAYS} days, not {days}")
    return days


DaysOption = Annotated[
    int | None,
    typer.Option("--days", callback=_some_days, help="The news that Rasid stored in so many days."),
]


NO_NEWS = "لا أخبار محفوظة بعد؛ يجمعها rasid run · there is no stored news yet; `rasid run` collects it (DATABASE_URL)"


class NoNews(Exception):
    """There is no database yet, or nothing in it: no news has ever been stored."""


class Item(NamedTuple):
    """A piece of news: what it is called where it comes from (an id, or its line), and its texts.

    ``verdicts``: whether readers found each of these rules right to match it.
    """

    id: Any
    document: "Document"
    verdicts: Mapping[str, bool] = MappingProxyType({})


class Poured(NamedTuple):
    """How many items there were, and how much was wrong where they came from; all of it has been told."""

    items: int
    trouble: int


def pour(items: Path | None, days: int | None, into: Callable[[Item], None]) -> Poured:
    """Hand on every item of a file, or of the last days in the database, with a bar on a terminal's stderr.

    What is wrong is told on stderr; no news at all is wrong as well, since nothing was looked at.
    """
    if items is not None and days is not None:
        raise typer.BadParameter("اختر واحدا · choose one: --items or --days")
    count = 0

    def counted(item: Item) -> None:
        nonlocal count
        count += 1
        into(item)

    if items is not None:
        trouble = _pour_file(items, counted)
        return Poured(count, trouble)
    if days is None:
        raise typer.BadParameter("من أين الأخبار؟ · where is the news? --items FILE or --days N")
    since = datetime.now(UTC) - timedelta(days=days)
    lacks = f"لا أخبار محفوظة في {days} يومًا · no news is stored of the last {days} days"
    try:
        in_database(lambda session: _pour_stored(session, since, counted))
    except NoNews:
        lacks = NO_NEWS
    if not count:
        typer.echo(f"rasid: {lacks}", err=True)
    return Poured(count, 0 if count else 1)


def items_in(file: Path) -> "tuple[Iterator[Item], ItemLines]":
    """The items of a file of JSON lines, and what tells afterwards whether anything was wrong in it."""
    from bot.cli.item_lines import ItemLines, document_of, verdicts_of

    require_file(file)
    lines = ItemLines(file)
    items = (
        Item(number if item.get("id") is None else item["id"], document_of(item), verdicts_of(item))
        for number, item in lines
    )
    return items, lines


def require_file(file: Path) -> None:
    """Usage error unless it is ``-`` (stdin) or a file."""
    if file.is_dir():
        raise typer.BadParameter(f"هذا مجلد لا ملف · that is a folder and no file: {file}")
    if str(file) != "-" and not file.exists():
        raise typer.BadParameter(f"لا يوجد ملف هنا · there is no file {file}")


def in_database(work: "Callable[[Session], Any]") -> Any:
    """What a coroutine function reads in the database of DATABASE_URL; trouble is one line and exit code 2.

    NoNews where there is no database yet: a command that only reads makes none.
    """
    import asyncio

    from bot.errors import RasidError
    from bot.settings import load_settings
    from bot.store.engine import TROUBLE, Database, first_line, is_absent

    async def read() -> Any:
        url = load_settings().database_url
        if is_absent(url):
            raise NoNews
        database = Database(url)
        try:
            async with database.read() as session:
                return await work(session)
        finally:
            await database.dispose()

    try:
        return asyncio.run(read())
    except RasidError as error:
        refuse(str(error))
    except TROUBLE as error:
        if any(sign in str(error) for sign in _NO_TABLE):
            raise NoNews from error
        refuse(f"تعذرت قراءة قاعدة البيانات · the database cannot be read: {first_line(error)}")


async def _pour_stored(session: "Session", since: datetime, into: Callable[[Item], None]) -> None:
    from bot.store.archive import count_since, stored_documents

    with _bar(await count_since(session, since)) as advance:
        async for entry_id, document in stored_documents(session, since):
            into(Item(entry_id, document))
            advance()


def _pour_file(file: Path, into: Callable[[Item], None]) -> int:
    """How much was wrong in the file."""
    items, lines = items_in(file)
    with _bar(_lines_in(file)) as advance:
        for item in items:
            into(item)
            advance()
    return lines.trouble


def _lines_in(file: Path) -> int | None:
    """How many lines there are; None where that cannot be known before they are read."""
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        return sum(1 for _ in stream)


@contextmanager
def _bar(total: int | None) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr, where that is a terminal; elsewhere nothing at all."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("الأخبار · news", total=total)
        yield lambda: progress.advance(task)
