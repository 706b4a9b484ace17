"""What the commands of ``rasid feeds`` share: the fetcher, a progress bar, the database, refusals."""

import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.engine import Database
    from feeds.fetch import Fetcher

T = TypeVar("T")


def settings() -> "Settings":
    """The settings, and logs of errors alone; what is wrong with the settings is one line and exit code 1."""
    from bot.errors import RasidError
    from bot.logs import set_up_logs
    from bot.settings import load_settings

    try:
        chosen = load_settings()
    except RasidError as error:
        refuse(str(error))
    set_up_logs(chosen.log_level or "ERROR", chosen.log_format, secrets=chosen.secrets)
    return chosen


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


def refuse(line: str, code: int = 1) -> NoReturn:
    """End with a line on stderr. Exit code 1: what was asked cannot be had; 2: what the call names is not there."""
    from bot.logs import redact

    typer.echo(redact(f"rasid: {line}"), err=True)
    raise typer.Exit(code)


def refuse_unknown(url: str, alike: Sequence[str]) -> NoReturn:
    """End with exit code 2, for a feed that is not known, and with those that may have been meant."""
    near = "".join(f"\n    {one}" for one in alike)
    hint = f"لعلك تقصد · did you mean:{near}" if alike else "rasid feeds list"
    refuse(f"{url}: لا توجد خلاصة كهذه · there is no such feed: {hint}", 2)


def country_code(text: str) -> str:
    """An option's country, as the catalogue writes it; whatever is no country is usage."""
    from feeds.catalogue_lint import territories

    code = text.strip().upper()
    if code and code not in territories():
        raise typer.BadParameter(f"رمز بلد غير معروف · unknown country code: {text}")
    return code


def language_code(text: str) -> str:
    """An option's language, such as ar or ar-EG."""
    from feeds.sources import LANGUAGE

    if not re.fullmatch(LANGUAGE, text):
        raise typer.BadParameter(f"رمز لغة غير صحيح · no language code: {text}")
    return text
