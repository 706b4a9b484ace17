"""The commands. Each imports what it needs when it runs: ``rasid --help`` must not wait for Telegram or SQL."""

import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from bot.cli import feeds, outbox, rules
from bot.errors import RasidError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app.run import Roles
    from bot.settings import Settings

T = TypeVar("T")

app = typer.Typer(
    name="rasid",
    help="Rasid (راصد) watches Arabic news feeds and tells Telegram chats when a story moves.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rules.app, name="rules", help="Work with rule files: check them, try them on texts.")
app.add_typer(feeds.app, name="feeds", help="Work with feeds.")
app.add_typer(outbox.app, name="outbox", help="List what did not arrive, or may not have, and send it again.")


@app.command()
def run() -> None:
    """Run everything in one process: poll, match, send, talk, and the health page.

    Without TELEGRAM_BOT_TOKEN the alerts appear here. If then no feed can be reached within half a
    minute, the recorded evening is played instead.
    """
    from bot.app.run import EVERYTHING

    _serve(EVERYTHING)


@app.command()
def bot() -> None:
    """Talk to Telegram's chats and send the alerts (the Procfile's `bot`)."""
    from bot.app.run import Roles

    _serve(Roles(bot=True), needs_token=True)


@app.command()
def clock() -> None:
    """Poll the feeds that are due, match what is new, and do what one process must do (the Procfile's `clock`)."""
    from bot.app.run import Roles

    _serve(Roles(clock=True))


@app.command()
def worker() -> None:
    """Poll beside the clock: any number of these, where one machine is too slow (the Procfile's `worker`)."""
    from bot.app.run import Roles

    _serve(Roles(worker=True))


@app.command()
def web() -> None:
    """Serve the health page and the metrics on PORT (the Procfile's `web`)."""
    from bot.app.run import Roles

    _serve(Roles(web=True))


@app.command()
def release() -> None:
    """Bring the database's schema and its list of feeds up to date (the Procfile's `release`)."""
    from bot.app.once import release as release_once

    settings = _settings()
    _guarded(lambda: release_once(settings))
    typer.echo("the database is ready")


@app.command()
def move(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="Where the rows are now, such as sqlite:///rasid.db.")
    ],
) -> None:
    """Move every row from another database into that of DATABASE_URL, which must be empty.

    Stop every process of Rasid first. All rows arrive or none; the database that they came from is not used any more.
    """
    from bot.app.once import move as move_once
    from bot.settings import load_settings
    from bot.store.engine import is_absent

    settings = _settings()
    try:
        old = load_settings(DATABASE_URL=source)
    except RasidError as error:
        _fail(str(error).replace("DATABASE_URL", "FROM"))
    _keep_secret(old)
    if is_absent(old.database_url):
        _fail(f"FROM: there is no file {source.partition(':///')[2]}")
    if old.database_url == settings.database_url:
        _fail("FROM is DATABASE_URL; set that to the new database first")
    total = _guarded(
        lambda: move_once(settings, old.database_url, lambda table, rows: typer.echo(f"{rows:>9,}  {table}"))
    )
    typer.echo(
        f"{total:>9,}  rows have moved; start Rasid with the new DATABASE_URL, the old database is left behind"
    )


def _keep_secret(settings: "Settings") -> None:
    from bot.logs import keep_secret

    keep_secret(*settings.secrets)


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(min=5, max=55, help="How long the evening takes.")] = 20.0,
) -> None:
    """Play a recorded evening of the story: no network, no token, real everything else."""
    from bot.app.once import demo as demo_once

    settings = _settings(alerts_here=lambda _: True)
    _guarded(lambda: demo_once(settings, _console(), seconds))


@app.command()
def health() -> None:
    """Print how Rasid fares as JSON, from the database; exit code 1 when something is wrong."""
    from bot.app.once import health as health_once

    settings = _settings()
    if not _guarded(lambda: health_once(settings)):
        raise typer.Exit(1)


def _serve(roles: "Roles", *, needs_token: bool = False) -> None:
    from bot.app.once import serve

    settings = _settings(alerts_here=lambda settings: roles.bot and settings.token is None)
    if needs_token and settings.token is None:
        _fail("TELEGRAM_BOT_TOKEN is not set; `rasid run` works without one, in the terminal")
    _guarded(lambda: serve(settings, roles, _console()))


def _never(_settings: "Settings") -> bool:
    return False


def _settings(*, alerts_here: Callable[["Settings"], bool] = _never) -> "Settings":
    """Read the settings and set up the logs; where alerts are shown, lines below ERROR would stand between them."""
    from bot.logs import log_what_nobody_caught, set_up_logs
    from bot.settings import load_settings

    try:
        settings = load_settings()
    except RasidError as error:
        _fail(str(error))
    usual = "ERROR" if alerts_here(settings) else "INFO"
    set_up_logs(settings.log_level or usual, settings.log_format, secrets=settings.secrets)
    log_what_nobody_caught()
    return settings


def _console() -> "Console":
    from rich.console import Console

    return Console(soft_wrap=True, highlight=False)


def _guarded(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run to the end; what an operator must mend is one line and exit code 1, never a traceback."""
    import asyncio

    try:
        return asyncio.run(work())
    except RasidError as error:
        _fail(str(error))


def _fail(line: str) -> NoReturn:
    from bot.logs import redact

    typer.echo(redact(f"rasid: {line}"), err=True)
    sys.exit(1)
