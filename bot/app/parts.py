"""Makes the parts of Rasid from its settings. Nothing here runs yet."""

import gc
from collections.abc import Sequence

from bot.app.rulebook import RuleBook
from bot.delivery.sender import Sender
from bot.delivery.transport import Transport
from bot.errors import RasidError
from bot.logs import get_log
from bot.pipeline.bodies import Bodies
from bot.pipeline.hubs import Hubs
from bot.pipeline.poll import Poller
from bot.pipeline.reading import feed_rows
from bot.pipeline.save import lease_seconds
from bot.schedule.clock import Clock
from bot.schedule.rounds import Rounds
from bot.settings import Settings
from bot.store import chats, feeds
from bot.store.engine import Database, Session
from bot.store.mailboxes import TERMINAL_CHAT
from bot.store.outgoing import ALL_RULES
from bot.store.schema import upgrade
from bot.times import utc_now
from feeds.fetch import Fetcher
from feeds.page_readers import PageReaders
from feeds.parsers import Parsers
from feeds.sources import Source, load_catalogue

log = get_log(__name__)

FETCH_SECONDS = 20.0  # a whole fetch, drip-feeders included
NEW_OBJECTS = 20_000  # after so many the collector looks for rings among them; usually 700


def read_catalogue(settings: Settings) -> list[Source]:
    """Load the catalogue; a wrong file is logged with its place, and the others work."""
    sources, problems = load_catalogue(settings.catalogue)
    for problem in problems:
        where = f"{problem.path}:{problem.line}:{problem.column}"
        log.error("catalogue file", where=where, message=problem.message, english=problem.message_en)
    if not sources:
        raise RasidError(f"RASID_CATALOGUE: there is no valid feed in {settings.catalogue}")
    return sources


async def prepare(database: Database, sources: Sequence[Source]) -> None:
    """Bring the schema and the feeds' rows up to date; safe to run at every start."""
    await upgrade(database)
    async with database.write() as session:
        await sync(session, sources)


async def sync(session: Session, sources: Sequence[Source]) -> None:
    """Make the feeds' rows equal the catalogue."""
    await feeds.sync(session, feed_rows(sources), utc_now())


async def prepare_terminal(database: Database, *, wanted: bool) -> None:
    """Let the operator's screen follow everything, or, with a token, follow nothing any more."""
    async with database.write() as session:
        if wanted:
            await chats.meet(session, TERMINAL_CHAT, chats.TERMINAL, utc_now())
            await chats.follow(session, TERMINAL_CHAT, 0, [ALL_RULES], utc_now())
        else:
            await chats.unfollow(session, TERMINAL_CHAT, 0, [ALL_RULES])
            await chats.pause(session, TERMINAL_CHAT, "alerts go to Telegram", utc_now())


def hold_on_to_memory() -> None:
    """Tell the collector that what stands now stays: else every few polls it walks through all compiled rules.

    And to look at what is new less often: most of it goes by itself before. Measured with the shipped rules: the first
    is a quarter of what an unchanged poll costs, the second a twentieth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def make_fetcher(settings: Settings) -> Fetcher:
    """The fetcher that all polls share."""
    return Fetcher(
        user_agent=settings.user_agent,
        allow_private_addresses=settings.allow_private_addresses,
        timeout=FETCH_SECONDS,
    )


def lease_of_a_poll() -> float:
    """For how many seconds a feed is claimed that is about to be polled."""
    return lease_seconds(FETCH_SECONDS)


def make_rounds(
    settings: Settings, database: Database, fetcher: Fetcher, parsers: Parsers, rules: RuleBook
) -> Rounds:
    """The rounds over the feeds, with their poller."""
    poller = Poller(
        database=database,
        fetcher=fetcher,
        parsers=parsers,
        rules=rules,
        floor_seconds=settings.poll_seconds,
        ceiling_seconds=max(settings.poll_seconds, settings.slowest_poll_seconds),
        news_hours=settings.news_hours,
    )
    return Rounds(poller, concurrency=settings.concurrency, lease_seconds=lease_of_a_poll())


def make_bodies(settings: Settings, poller: Poller, readers: PageReaders) -> Bodies:
    """What reads the pages of entries beside the poller; what it finds rings as the poller's news does."""

    def ring() -> None:
        poller.on_news()  # which is set when there is a sender

    return Bodies(
        database=poller.database,
        fetcher=poller.fetcher,
        rules=poller.rules,
        readers=readers,
        news_hours=settings.news_hours,
        on_news=ring,
    )


def make_clock(rounds: Rounds, sources: Sequence[Source], public_url: str = "") -> Clock:
    """The clock over ``rounds``; whoever becomes the clock makes the feeds equal its catalogue.

    ``public_url``: where WebSub hubs reach us; "" asks none.
    """

    async def on_taken(session: Session) -> None:
        await sync(session, sources)

    poller = rounds.poller
    hubs = Hubs(poller.database, poller.fetcher, public_url) if public_url else None
    return Clock(rounds, on_taken, hubs=hubs)


def make_sender(database: Database, transport: Transport, rules: RuleBook) -> Sender:
    """The sender over Telegram or the terminal."""
    return Sender(database=database, transport=transport, rules=rules)
