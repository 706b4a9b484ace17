"""`rasid outbox`: what was not sent as it should be, and sending it again."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from bot.store.engine import Session
    from bot.store.troubles import Resending, Trouble

T = TypeVar("T")

app = typer.Typer()


@app.callback(invoke_without_command=True)
def outbox(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of a listing.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, max=10000, help="How many at most, the newest first.")] = 50,
) -> None:
    """List deliveries that did not arrive (dead) or may not have (uncertain), the newest first."""
    if context.invoked_subcommand is not None:
        return
    from bot.store import troubles

    async def read(session: "Session") -> "tuple[list[Trouble], dict[str, int]]":
        return await troubles.page(session, limit=most), await troubles.counts(session)

    found, counts = _in_database(read, writes=False)
    if as_json:
        document = {"counts": counts, "deliveries": [_as_json(one) for one in found]}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _print(found, counts)


@app.command()
def resend(
    numbers: Annotated[
        list[int], typer.Argument(metavar="ID...", min=1, help="Numbers from `rasid outbox`.")
    ],
) -> None:
    """Let deliveries go once more; a copy of what may have arrived says so.

    Exit code 1 if one of them cannot go; the others go all the same.
    """
    from bot.store import troubles
    from bot.store.troubles import Resent
    from bot.times import utc_now

    async def write(session: "Session") -> "list[Resending]":
        return [await troubles.resend(session, number, utc_now()) for number in numbers]

    came = _in_database(write, writes=True)
    for number, one in zip(numbers, came, strict=True):
        if one.outcome is Resent.QUEUED:
            typer.echo(f"{number}: waits again" + (", labelled as a possible copy" if one.labelled else ""))
        else:
            typer.echo(f"rasid: {_why_not(number, one)}", err=True)
    if any(one.outcome is not Resent.QUEUED for one in came):
        raise typer.Exit(1)


@app.command()
def dismiss(
    numbers: Annotated[list[int], typer.Argument(metavar="ID...", min=1, help="From `rasid outbox`.")],
) -> None:
    """Let deliveries go for good: they are not listed any more, and no trouble. Exit code 1 if one was none of them."""
    from bot.store import troubles
    from bot.times import utc_now

    async def write(session: "Session") -> list[int]:
        return await troubles.dismiss(session, numbers, utc_now())

    gone = _in_database(write, writes=True)
    for number in numbers:
        if number in gone:
            typer.echo(f"{number}: let go")
        else:
            typer.echo(f"rasid: there is no dead or uncertain delivery {number}", err=True)
    if len(gone) < len(set(numbers)):
        raise typer.Exit(1)


@app.command()
def trace(
    what: Annotated[
        str, typer.Argument(help="A delivery's number (from the log), or words of the alert's title.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
    most: Annotated[int, typer.Option(min=1, max=10000, help="How many deliveries at most.")] = 10,
) -> None:
    """Tell an alert's way: published, read, matched, queued, sent, with the seconds between. Exit code 1: not found."""
    from bot.cli import outbox_trace
    from bot.store import traces
    from bot.store.traces import Trace
    from bot.times import utc_now

    async def read(session: "Session") -> Trace | None:
        if what.isdecimal():
            return await traces.of_delivery(session, int(what))
        return await traces.of_words(session, what, most=most)

    found = _in_database(read, writes=False)
    if found is None:
        _fail(f"there is no delivery {what}" if what.isdecimal() else f"no alert's title holds {what!r}")
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(outbox_trace.as_json(found), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(outbox_trace.in_words(found, utc_now())))


def _why_not(number: int, one: "Resending") -> str:
    from bot.store.troubles import Resent

    if one.outcome is Resent.UNKNOWN:
        return f"there is no delivery {number}; `rasid outbox` lists those that can be sent again"
    if one.outcome is Resent.NO_TROUBLE:
        return f"delivery {number} is {one.detail}; only dead and uncertain ones can be sent again"
    return f"delivery {number}: nothing is sent to its chat at present ({one.detail})"


def _in_database(work: "Callable[[Session], Awaitable[T]]", *, writes: bool) -> T:
    """Do ``work`` in one transaction; what an operator must mend is one line and exit code 1."""
    from bot.errors import RasidError
    from bot.settings import load_settings
    from bot.store.engine import TROUBLE, Database, first_line

    async def run() -> T:
        database = Database(load_settings().database_url)
        try:
            async with database.write() if writes else database.read() as session:
                return await work(session)
        finally:
            await database.dispose()

    try:
        return asyncio.run(run())
    except RasidError as error:
        _fail(str(error))
    except TROUBLE as error:
        hint = "is it Rasid's, of this version? `rasid release` brings it up to date"
        _fail(f"DATABASE_URL: {first_line(error)}; {hint}")
    raise typer.Exit(1)


def _fail(line: str) -> None:
    typer.echo(f"rasid: {line}", err=True)


def _as_json(one: "Trouble") -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "reason": one.reason,
        "kind": one.kind,
        "chat_id": one.chat_id,
        "chat_type": one.chat_type,
        "thread_id": one.thread_id,
        "severity": one.severity,
        "title": one.title,
        "at": one.at.isoformat(),
        "may_be_duplicate": one.may_be_duplicate,
    }


def _print(found: "list[Trouble]", counts: dict[str, int]) -> None:
    typer.echo(", ".join(f"{state}: {count}" for state, count in counts.items()))
    for one in found:
        topic = f", topic {one.thread_id}" if one.thread_id else ""
        typer.echo(f"\n{one.id}  {one.state}  {one.at:%Y-%m-%d %H:%M} UTC  {one.title}")
        typer.echo(f"  {one.reason or '-'}  ({one.kind} to {one.chat_type} {one.chat_id}{topic})")
    if found:
        typer.echo("\nto send some of them again: rasid outbox resend ID...")
        typer.echo("to let them go: rasid outbox dismiss ID...")
