"""``rasid feeds add``, ``discover``, ``import`` and ``remove``: feeds that are named by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.feeds_common import (
    country_code,
    fetcher_of,
    in_database,
    language_code,
    refuse,
    refuse_unknown,
    settings,
)

if TYPE_CHECKING:
    from bot.pipeline.save import Saved
    from bot.store.engine import Database
    from bot.store.tables import Feed
    from feeds.checkup import Answer
    from feeds.discover import Named
    from feeds.fetch import Fetcher, Response
    from feeds.opml import Outline

URL = Annotated[
    str, typer.Argument(metavar="URL", help="The address of a feed, or of a page that names one.")
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request brought."""

    response: "Response"
    answer: "Answer"


def add(
    url: URL,
    outlet: Annotated[str, typer.Option(help="The outlet's name. Default: as the feed calls itself.")] = "",
    outlet_ar: Annotated[str, typer.Option(help="Its Arabic name.")] = "",
    country: Annotated[str, typer.Option(callback=country_code, help="ISO 3166 code, such as EG.")] = "",
    language: Annotated[str, typer.Option(callback=language_code, help="ISO 639 code.")] = "ar",
    tier: Annotated[
        int, typer.Option(min=1, max=3, help="1: agencies and great broadcasters; 3: the small.")
    ] = 3,
    section: Annotated[str, typer.Option(help="What the feed covers; empty: everything.")] = "",
) -> None:
    """Add a feed: it is asked once, its entries are stored, and it is polled from then on.

    What is dated within the last RASID_NEWS_HOURS counts as news, the rest as backlog. Of a page the feeds that it
    names are listed, to be added one by one.

    Exit code 0: added; 1: nothing was added; 2: the call is bad, or the address is none.
    """
    if in_database(lambda database: _is_known(database, url)):
        _refuse_known(url)
    asked = _ask(url)
    feed = asked.answer.feed
    if feed is None:
        _tell_named(url, asked.answer)
        raise typer.Exit(1)
    name = outlet or feed.feed.title or _host(url)
    row = {
        "url": asked.response.moved_to or url.strip(),
        "outlet": name,
        "outlet_ar": outlet_ar or name,
        "country": country,
        "language": language,
        "tier": tier,
        "section": section,
    }
    added, saved = in_database(lambda database: _store(database, row, asked.response))
    if added is None:
        _refuse_known(row["url"])
    typer.echo(f"أُضيفت · added: {added.outlet}\n    {added.url}")
    typer.echo(
        f"    الأخبار {saved.entries}، التنبيهات {saved.alerts} · entries {saved.entries}, alerts {saved.alerts}"
    )
    for problem in feed.problems:
        typer.echo(f"    ! {problem}", err=True)


def _refuse_known(url: object) -> NoReturn:
    refuse(f"{url}: هذه الخلاصة معروفة من قبل · this feed is known already: rasid feeds show URL")


def discover(url: URL) -> None:
    """Ask one address and list the feeds that its page names, or what the feed there is. Nothing is stored.

    Exit code 0: a feed, or a page that names some; 1: neither, or no answer; 2: the address is none.
    """
    asked = _ask(url)
    feed = asked.answer.feed
    if feed is None:
        _tell_named(url, asked.answer)
        raise typer.Exit(0 if asked.answer.named else 1)
    typer.echo(f"هذه خلاصة · this is a feed ({asked.answer.served}): {feed.feed.title or '-'}")
    typer.echo(
        f"    {len(feed.entries)} entries, {feed.feed.language or 'no language'}, {asked.response.url}"
    )


def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list that a feed reader exported.")],
    language: Annotated[
        str, typer.Option(callback=language_code, help="Of feeds of which the list does not say it.")
    ] = "ar",
) -> None:
    """Add the feeds of an OPML list; none of them is asked now, all of them are polled soon.

    What the list has twice, or is known already, is not added again.

    Exit code 0: all are known now; 1: some addresses cannot be used; 2: the list cannot be read.
    """
    from feeds.opml import BadOpml, parse_opml

    allow = settings().allow_private_addresses
    try:
        found = parse_opml(file.read_bytes(), allow_private=allow)
    except OSError as error:
        refuse(f"{file}: {error.strerror} / تعذرت قراءة الملف", 2)
    except BadOpml as error:
        refuse(f"{file}:{error.line}: ليست قائمة OPML صالحة · no usable OPML list: {error.detail}", 2)
    rows = [_row(one, language) for one in found.feeds]
    added = in_database(lambda database: _add_all(database, rows))
    for bad in found.bad:
        typer.echo(
            f"{file}:{bad.line}: رابط لا يصلح · no usable address: {bad.title or '-'}: {bad.detail}", err=True
        )
    known = len(rows) - added
    typer.echo(f"أُضيف {added}، معروف من قبل {known}، مرفوض {len(found.bad)}")
    typer.echo(f"added {added}, known already {known}, refused {len(found.bad)}")
    raise typer.Exit(1 if found.bad else 0)


def _row(one: "Outline", language: str) -> dict[str, Any]:
    """A feed of a list; one that was written here says more of it than others do."""
    name = one.title or _host(one.url)
    said = language if not one.language else one.language
    if one.own:
        more = {name: getattr(one, name) for name in ("outlet", "country", "section", "ownership", "kind")}
    else:
        more = {"outlet": name, "section": one.folder}
    return {"url": one.url, "outlet_ar": name, "language": said, "tier": one.tier or 3, **more}


def remove(url: URL) -> None:
    """Ask a feed no more that was added by hand; its entries stay. One of the catalogue is taken out there.

    Exit code 0: it is asked no more; 1: it stands in the catalogue; 2: there is no such feed.
    """
    outcome, alike = in_database(lambda database: _let_go(database, url))
    if outcome == "unknown":
        refuse_unknown(url, alike)
    if outcome == "catalogue":
        refuse(f"{url}: احذف سطرها من الفهرس · it stands in the catalogue: delete its line there")
    typer.echo("لن تُسأل بعد الآن، وتبقى أخبارها · it is asked no more; its entries stay")


def _ask(url: str) -> Asked:
    """One request; whatever keeps it from an answer is one line and exit code 1, or 2 if this is no address."""
    import asyncio

    from bot.times import utc_now
    from feeds.errors import FailureKind, FeedError
    from feeds.guard import check_url
    from feeds.survey import asker_over

    async def run() -> Asked:
        async with fetcher_of() as fetcher, asker_over(fetcher) as asker:
            response = await fetcher.get(url)
            return Asked(response, await asker.read(response, utc_now()))

    mistyped = True
    try:
        check_url(url, allow_private=True)
        mistyped = False
        return asyncio.run(run())
    except FeedError as failure:
        from bot.cli.feeds_words import hint_of

        code = 2 if mistyped and failure.kind == FailureKind.BAD_URL else 1
        refuse(f"{failure.detail} ({failure.kind}) / {hint_of('dead', '', failure.kind)}", code)


def _tell_named(url: str, answer: "Answer") -> None:
    assert answer.failure is not None
    typer.echo(f"rasid: {answer.failure.detail} / هذه ليست خلاصة", err=True)
    if not answer.named:
        typer.echo("    لا تذكر الصفحة أي خلاصة · the page names no feed", err=True)
        return
    typer.echo("تذكر الصفحة هذه الخلاصات · the page names these feeds:")
    for one in answer.named:
        typer.echo(f"    {_line(one)}")
    typer.echo(f"← rasid feeds add {answer.named[0].url}")


def _line(one: "Named") -> str:
    said = " · ".join(filter(None, (one.kind, one.title)))
    return f"{one.url}  {said}" if said else one.url


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or url


async def _store(
    database: "Database", row: dict[str, Any], response: "Response"
) -> "tuple[Feed | None, Saved]":
    """Store the feed, and let the poller read the answer that came: so it is asked once, and rings as any other."""
    from bot.app import parts
    from bot.app.rulebook import read_rules
    from bot.pipeline.save import Saved
    from bot.store import sources
    from bot.times import utc_now
    from feeds.parsers import Parsers

    chosen = settings()
    async with database.write() as session:
        lease = timedelta(seconds=parts.lease_of_a_poll())
        added = await sources.add(session, [row], utc_now(), lease=lease)
    if not added:
        return None, Saved()
    async with Parsers() as parsers:
        rounds = parts.make_rounds(chosen, database, _fetcher_with(response), parsers, read_rules(chosen))
        saved = await rounds.poller.poll(added[0])
        await rounds.poller.flush()
    return added[0], saved


def _fetcher_with(response: "Response") -> "Fetcher":
    from feeds.fetch import Fetcher

    class Answered(Fetcher):
        """A fetcher that has its answer already."""

        async def get(self, url: str, **_: Any) -> "Response":
            """The answer that came."""
            return response

    return Answered(user_agent="")


async def _is_known(database: "Database", url: str) -> bool:
    from bot.store import sources

    async with database.read() as session:
        feed = await sources.find(session, url)
    return feed is not None and sources.is_asked(feed)


async def _add_all(database: "Database", rows: Sequence[dict[str, Any]]) -> int:
    from bot.store import sources
    from bot.times import utc_now

    async with database.write() as session:
        return len(await sources.add(session, rows, utc_now()))


async def _let_go(database: "Database", url: str) -> tuple[str, list[str]]:
    from bot.store import sources
    from bot.store.types import FeedState, Origin
    from bot.times import utc_now

    async with database.write() as session:
        feed = await sources.find(session, url)
        if feed is None or feed.state == FeedState.DROPPED:
            return "unknown", await sources.alike(session, url)
        if feed.origin != Origin.ADMIN:
            return "catalogue", []
        await sources.let_go(session, feed, utc_now())
    return "done", []
