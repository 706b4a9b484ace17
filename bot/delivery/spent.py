"""What the bot answers by itself counts against Telegram's limits too: the outbox is told, so that it keeps them.

An answer never waits for the pace, and never fails because of it: people should not wait behind alerts.
"""

from datetime import datetime, timedelta

from bot.delivery.pace import rest_after
from bot.logs import get_log
from bot.store import mailboxes, pace
from bot.store.dialect import CLOCK_SLACK
from bot.store.engine import TROUBLE, Database, Session, first_line

log = get_log(__name__)


async def note(database: Database, chat_id: int, now: datetime, *, wait: float = 0.0) -> None:
    """Note that one message, or one edit, went to a chat ``now``. Whatever the database says, nothing is raised.

    ``wait``: for how many seconds Telegram wants the chat to be left alone.
    """
    try:
        async with database.write() as session:
            await _note(session, chat_id, now, timedelta(seconds=wait))
    except TROUBLE as error:
        log.warning("an answer was not counted against the pace", error=first_line(error))


async def _note(session: Session, chat_id: int, now: datetime, wait: timedelta) -> None:
    """The pace before the mailbox, in which order a claim takes them. A chat that was never sent to has none."""
    at = now.timestamp()
    await pace.take(session, await pace.next_slot(session, at), 1)
    box = await mailboxes.lock(session, chat_id)
    if box is None:
        return
    rest = rest_after(chat_id, box.recent, now)
    of_our_clock = box.written_at <= now + CLOCK_SLACK
    free_at = max(rest.free_at, now + wait, *([box.free_at] if of_our_clock else []))
    await mailboxes.refresh(session, chat_id, now, free_at=free_at, recent=list(rest.recent))
