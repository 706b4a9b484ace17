"""What feeds showed last: from memory where it is right, else from the store."""

from collections import OrderedDict
from dataclasses import dataclass, field

from bot.store import shown
from bot.store.claimed import AnyFeed
from bot.store.engine import Database
from feeds.shown import Shown

MOST_BYTES = 32 << 20  # some ten thousand feeds


@dataclass(slots=True)
class Memory:
    """Remembers for each feed what it showed and the body's hash; what another worker read since is asked anew."""

    database: Database
    _kept: OrderedDict[int, tuple[str, bytes]] = field(default_factory=OrderedDict)
    _bytes: int = 0

    async def of(self, feed: AnyFeed) -> Shown | None:
        """What a claimed feed showed at its last whole reading; None where the next one must be whole."""
        assert feed.id is not None
        if not feed.body_hash:
            return None
        body_hash, kept = self._kept.get(feed.id, ("", b""))
        if body_hash != feed.body_hash:
            async with self.database.read() as session:
                kept = await shown.recall(session, feed.id)
        return Shown.from_bytes(kept)

    def keep(self, feed_id: int, body_hash: str, kept: bytes) -> None:
        """Remember what is about to be stored; it counts only once the feed's row has this hash."""
        self._bytes -= len(self._kept.pop(feed_id, ("", b""))[1])
        self._kept[feed_id] = (body_hash, kept)
        self._bytes += len(kept)
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.popitem(last=False)[1][1])
