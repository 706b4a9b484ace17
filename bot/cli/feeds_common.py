"""What the commands of ``rasid feeds`` share: the fetcher, a progress bar, the database, refusals."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.engine import Database
    from feeds.fetch import Fetcher

T = TypeVar("T")


def settings() -> "Settings":
    """The settings; what is wrong with them is one line and exit code 1."""
    from bot.errors import RasidError
    from bot.settings import load_settings

    try:
        return load_settings()
    except RasidError as error:
        refuse(str(error))


def fetcher_of() -> "Fetcher":
    """The fetcher that polls use too: guarded, limited, with a name and an address to complain to."""
    from bot.app.parts import make_fetcher

    return make_fetcher(settings())


def in_database(work: "Callable[[Database], Awaitable[T]]") -> T:
    """Do ``work`` on the database, of this version; what an operator must mend is one line and exit code 1."""
    import asyncio

    from bot.errors import RasidError
    from bot.store.engine import Database, in_one_line
    from bot.store.schema import upgrade

    url = settings().database_url

    async def run() -> T:
        database = Database(url)
        try:
            with in_one_line(database):
                await upgrade(database)
                return await work(database)
        finally:
            await database.dispose()

    try:
        return asyncio.run(run())
    except RasidError as error:
        refuse(str(error))


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr while something long goes on, where a person watches; a call moves it on by one."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def refuse(line: str) -> NoReturn:
    """End with a line on stderr and exit code 1: what was asked cannot be had."""
    from bot.logs import redact

    typer.echo(redact(f"rasid: {line}"), err=True)
    raise typer.Exit(1)
