"""Tells the admins of feeds that are gone, have moved onto others or are silent: once each, whoever restarts."""

from dataclasses import dataclass, field
from typing import ClassVar

from bot.app.admins import Herald
from bot.logs import get_log
from bot.store import feed_troubles
from bot.store.feed_troubles import FeedTrouble
from bot.texts.feed_news import FeedLine, feeds_page

log = get_log(__name__)

MOST = 500  # feeds in one message's counts; the others are in the next one


@dataclass(slots=True)
class FeedNews(Herald):
    """Tells of the troubles that nobody was told of."""

    about: ClassVar[str] = "feeds gone or silent"
    look_seconds: ClassVar[float] = 60.0  # what fails together is told together
    _batch: list[FeedTrouble] = field(default_factory=list)  # what some admins have and others do not, yet

    def forget(self) -> None:
        """Ask the store again."""
        self._batch = []

    async def tell(self) -> None:
        """Tell what there is to tell now, and write it down."""
        database = self.audience.database
        if not self._batch:
            async with database.read() as session:
                self._batch = await feed_troubles.untold(session, self.audience.now(), limit=MOST)
            for trouble in self._batch:
                log.warning("feed in trouble", feed=trouble.url, trouble=trouble.trouble)
        lines = [line_of(one) for one in self._batch]
        if not lines or not await self.reach(self._batch, lambda to: feeds_page(to, lines)):
            return
        async with database.write() as session:
            await feed_troubles.note_told(session, self._batch)
        self._batch = []


def line_of(one: FeedTrouble) -> FeedLine:
    """A trouble as it is put into words."""
    return FeedLine(one.url, one.outlet, one.outlet_ar, one.trouble, one.since, one.moved_to)
