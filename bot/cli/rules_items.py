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
DaysOption = Annotated[
    int | None, typer.Option("--days", min=1, max=3650, help="The news that Rasid stored in so many days.")
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


def pour(items: Path | None, days: int | None, into: Callable[[Item], None]) -> int:
    """Hand on every item of a file, or of the last days in the database, with a bar on a terminal's stderr.

    Returns how many there were; of a database without news that is said on stderr, since nothing was looked at.
    """
    if items is not None and days is not None:
        raise typer.BadParameter("اختر واحدا · choose one: --items or --days")
    count = 0

    def counted(item: Item) -> None:
        nonlocal count
        count += 1
        into(item)

    if items is not None:
        _pour_file(items, counted)
    elif days is not None:
        since = datetime.now(UTC) - timedelta(days=days)
        try:
            in_database(lambda session: _pour_stored(session, since, counted))
        except NoNews:
            typer.echo(f"rasid: {NO_NEWS}", err=True)
            return 0
        if not count:
            told = f"لا أخبار محفوظة في {days} يومًا · no news is stored of the last {days} days"
            typer.echo(f"rasid: {told}", err=True)
    else:
        raise typer.BadParameter("من أين الأخبار؟ · where is the news? --items FILE or --days N")
    return count


def items_in(file: Path) -> Iterator[Item]:
    """The items of a file of JSON lines; a line that is none is told on stderr and passed over."""
    from bot.cli.matching import BadLine, document_of, opened, parse_line, verdicts_of, with_numbers

    require_file(file)
    with opened(file) as lines:
        for number, line in with_numbers(lines):
            try:
                item = parse_line(line)
            except BadLine as error:
                typer.echo(f"{file}:{number}: {error}", err=True)
                continue
            yield Item(item.get("id", number), document_of(item), verdicts_of(item))


def require_file(file: Path) -> None:
    """Usage error unless it is ``-`` (stdin) or a file."""
    if str(file) != "-" and not file.is_file():
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


def _pour_file(file: Path, into: Callable[[Item], None]) -> None:
    with _bar(_lines_in(file)) as advance:
        for item in items_in(file):
            into(item)
            advance()


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
