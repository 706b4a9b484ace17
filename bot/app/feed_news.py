"""Tells the admins of feeds that are gone, have moved onto others or are silent: once each, whoever restarts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.app.admins import Informer
from bot.logs import get_log
from bot.store import feed_troubles
from bot.store.engine import Session
from bot.store.feed_troubles import FeedTrouble
from bot.texts.feed_news import FeedLine, feeds_page
from bot.texts.language import Language
from bot.texts.markup import Message

log = get_log(__name__)

MOST = 500  # feeds in one message's counts; the others are in the next one


@dataclass(slots=True)
class FeedNews(Informer[Sequence[FeedTrouble]]):
    """Tells of the troubles that nobody was told of."""

    about: ClassVar[str] = "feeds gone, moved or silent"
    look_seconds: ClassVar[float] = 60.0  # what fails together is told together

    async def _untold(self, session: Session) -> Sequence[FeedTrouble]:
        found = await feed_troubles.untold(session, self.audience.now(), limit=MOST)
        for trouble in found:
            log.warning("feed in trouble", feed=trouble.url, trouble=trouble.trouble)
        return found

    def _page(self, language: Language, batch: Sequence[FeedTrouble]) -> Message:
        lines = [
            FeedLine(one.url, one.outlet, one.outlet_ar, one.trouble, one.since, one.moved_to)
            for one in batch
        ]
        return feeds_page(language, lines)

    async def _note_told(self, session: Session, batch: Sequence[FeedTrouble]) -> None:
        await feed_troubles.note_told(session, batch)
