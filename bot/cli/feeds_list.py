"""``rasid feeds list``, ``show`` and ``export``: the feeds that are known, and how they fare."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from bot.cli.feeds_common import in_database, refuse, refuse_unknown

if TYPE_CHECKING:
    from bot.store.engine import Database
    from bot.store.sources import Shown
    from bot.store.tables import Feed
    from feeds.sources import Kind, Ownership

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NEWEST = 5

STATES = {
    "new": "لم تُقرأ بعد",
    "ok": "سليمة",
    "failing": "متعثرة",
    "gone": "حُذفت من موقعها",
    "moved": "انتقلت إلى خلاصة أخرى",
    "dropped": "خارج القائمة",
}


def list_feeds(
    state: Annotated[
        str, typer.Option(metavar="STATE", help="Only those: new, ok, failing, gone, moved or dropped.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List the feeds of the database: state, next poll, outlet, address.

    Exit code 0: listed; 2: the call is bad.
    """
    if state and state not in STATES:
        raise typer.BadParameter(f"واحدة من · one of: {', '.join(STATES)}", param_hint="--state")
    from bot.store.sources import is_asked

    feeds = [feed for feed in in_database(_every) if not state or feed.state == state]
    if as_json:
        from bot.cli.rules_common import print_json

        print_json([_as_json(feed) for feed in feeds])
        return
    for feed in feeds:
        due = f"{feed.due_at:%m-%d %H:%M}" if feed.due_at and is_asked(feed) else "-"
        typer.echo(f"{feed.state:8} {due:11}  {feed.outlet}  {feed.url}{_why(feed)}")
    typer.echo(f"الخلاصات {len(feeds)} · feeds {len(feeds)}")
    if not feeds and not state:
        typer.echo(
            "    لم يُقرأ الفهرس بعد · the catalogue is not in the database yet: rasid release", err=True
        )


def show(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A feed's address, as `rasid feeds list` has it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show a feed: its state, its last answers, and when and why it is asked next.

    Exit code 0: shown; 2: there is no such feed.
    """
    shown, alike = in_database(lambda database: _look(database, url))
    if shown is None:
        refuse_unknown(url, alike)
    if as_json:
        from bot.cli.rules_common import print_json

        newest = [
            {"title": one.title, "link": one.link, "seen_at": _iso(one.seen_at)} for one in shown.newest
        ]
        print_json(_as_json(shown.feed) | {"entries": shown.entries, "newest": newest})
        return
    typer.echo("\n".join([*_lines(shown), *_needless_line(shown.feed)]))


def export(
    place: Annotated[
        Path | None,
        typer.Argument(metavar="[PLACE]", help="A new folder; with --opml a file, or nothing: stdout."),
    ] = None,
    opml: Annotated[bool, typer.Option("--opml", help="One OPML list instead of catalogue files.")] = False,
) -> None:
    """Write the feeds that are asked: as catalogue files, one a country, or as a list for feed readers.

    Exit code 0: written; 1: not all could be written; 2: the call is bad, or the folder is not empty.
    """
    from bot.store.sources import is_asked

    feeds = [feed for feed in in_database(_every) if is_asked(feed)]
    try:
        if opml:
            _write_list(_opml(feeds), place)
        else:
            _write_folder(feeds, place)
    except OSError as error:
        refuse(f"{place}: {error.strerror} / تعذرت الكتابة")


def _write_list(content: bytes, place: Path | None) -> None:
    import sys

    if place is None:
        sys.stdout.buffer.write(content)
    else:
        place.write_bytes(content)


def _write_folder(feeds: "Sequence[Feed]", place: Path | None) -> None:
    from feeds.catalogue_write import catalogue_files

    if place is None:
        raise typer.BadParameter("أعط مجلدًا جديدًا، أو --opml · give a new folder, or --opml")
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        refuse(f"{place}: موجود وليس فارغًا · exists and is not empty", 2)
    place.mkdir(parents=True, exist_ok=True)
    files = catalogue_files([_source(feed) for feed in feeds])
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    typer.echo(f"الملفات {len(files)}، الخلاصات {len(feeds)} · files {len(files)}, feeds {len(feeds)}")


def _source(feed: "Feed") -> Any:
    from feeds.sources import Source

    return Source(
        url=feed.url,
        outlet=feed.outlet,
        outlet_ar=feed.outlet_ar or feed.outlet,
        country=feed.country,
        language=feed.language,
        tier=feed.tier,
        section=feed.section,
        ownership=cast("Ownership", feed.ownership),
        kind=cast("Kind", feed.kind),
    )


def _opml(feeds: "Sequence[Feed]") -> bytes:
    from bot.times import utc_now
    from feeds.opml import Outline, write_opml

    outlines = [
        Outline(
            feed.url,
            feed.outlet_ar or feed.outlet,
            folder=feed.country,
            language=feed.language,
            kind=feed.kind,
            outlet=feed.outlet,
            country=feed.country,
            tier=feed.tier,
            section=feed.section,
            ownership=feed.ownership,
        )
        for feed in feeds
    ]
    return write_opml(outlines, title="راصد · Rasid", now=utc_now())


async def _every(database: "Database") -> "list[Feed]":
    from bot.store import feeds

    async with database.read() as session:
        return await feeds.every(session)


async def _look(database: "Database", url: str) -> "tuple[Shown | None, list[str]]":
    from bot.store import sources

    async with database.read() as session:
        found = await sources.look(session, url, newest=NEWEST)
        return found, [] if found else await sources.alike(session, url)


def _lines(shown: "Shown") -> list[str]:
    feed = shown.feed
    lines = [
        f"{feed.outlet_ar or feed.outlet} ({feed.outlet})  {feed.country or '-'} {feed.language} tier {feed.tier}",
        f"    {feed.url}",
        f"الحالة · state: {STATES[feed.state]} · {feed.state}; {feed.origin}",
        f"آخر سؤال · last asked: {_text(feed.polled_at)}",
        f"آخر جديد · last news: {_text(feed.changed_at)}; الأخبار · entries: {shown.entries}",
    ]
    if feed.failure:
        often = f"×{feed.failures_in_row}"
        lines.append(f"آخر جواب · last answer: {feed.failure} {often}: {feed.failure_detail}")
    elif feed.failure_detail:
        lines.append(f"ما لوحظ · remarks: {feed.failure_detail}")
    due, *why = why_next(feed)
    lines += [f"السؤال التالي · asked next: {due}", *(f"    {line}" for line in why)]
    return lines + [f"    {_text(one.seen_at)}  {one.title or one.link}" for one in shown.newest]


def _why(feed: "Feed") -> str:
    """What a line of the list says of a feed besides."""
    if feed.state == "moved":
        return f"  → {feed.moved_to}"
    return f"  {feed.failure}" if feed.failure else ""


def _needless_line(feed: "Feed") -> list[str]:
    """Which line of the catalogue to delete, where another feed has taken this one's place."""
    if feed.state != "moved" or feed.origin != "catalogue":
        return []
    from bot.cli.feeds_common import settings
    from bot.cli.feeds_words import delete_hint
    from bot.cli.rules_common import short_path
    from feeds.sources import load_catalogue

    listed = feed.listed_as or feed.url
    places = [one.place for one in load_catalogue(settings().catalogue)[0] if one.url == listed and one.place]
    return [delete_hint(f"{short_path(at.path)}:{at.line}") for at in places]


def why_next(feed: "Feed") -> list[str]:
    """When and why a feed is asked next, in words."""
    from bot.times import utc_now
    from feeds.cadence_words import explain

    why = explain(feed, utc_now())
    return [f"{_text(why.at)}", why.arabic, why.english]


def _text(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "-"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _as_json(feed: "Feed") -> dict[str, Any]:
    plain = (
        "url",
        "outlet",
        "outlet_ar",
        "country",
        "language",
        "tier",
        "section",
        "ownership",
        "origin",
        "state",
    )
    rest = ("failure", "failure_detail", "failures_in_row", "due_reason", "moved_to")
    dates = ("first_read_at", "polled_at", "changed_at", "due_at")
    return {name: getattr(feed, name) for name in (*plain, *rest)} | {
        name: _iso(getattr(feed, name)) for name in dates
    }
