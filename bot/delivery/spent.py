"""What the bot says by itself counts against Telegram's limits too: the outbox is told, so that it keeps them.

An answer never waits for the pace, and never fails because of it: people should not wait behind alerts. A notice, for
which nobody waits, takes its turn.
"""

from datetime import datetime, timedelta

from bot.delivery.pace import CHAT_SECONDS, rest_after
from bot.logs import get_log
from bot.store import mailboxes, pace
from bot.store.dialect import CLOCK_SLACK
from bot.store.engine import TROUBLE, Database, Session, first_line

log = get_log(__name__)

LONGEST_TURN = 5.0  # seconds that a notice waits for its turn; for a longer rest, its sender comes again


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


async def turn(database: Database, chat_id: int, now: datetime) -> float:
    """In how many seconds one message may go to a chat, at Telegram's pace; its turn is taken.

    More than LONGEST_TURN: the chat rests, and nothing is taken. Without a database there is no pace to keep: 0.
    """
    try:
        async with database.write() as session:
            return await _turn(session, chat_id, now)
    except TROUBLE as error:
        log.warning("a notice goes without its turn", error=first_line(error))
        return 0.0


async def _turn(session: Session, chat_id: int, now: datetime) -> float:
    at = now.timestamp()
    first = await pace.next_slot(session, at)
    begins = now + timedelta(seconds=first - at)
    box = await mailboxes.lock(session, chat_id)
    if box is not None:
        under_way = timedelta(seconds=CHAT_SECONDS if box.in_flight is not None else 0)
        begins = max(begins, mailboxes.rests_until(box, now), now + under_way)
    wait = (begins - now).total_seconds()
    if wait > LONGEST_TURN:
        return wait
    await pace.take(session, first, 1)
    if box is not None:
        rest = rest_after(chat_id, box.recent, begins)
        await mailboxes.refresh(session, chat_id, now, free_at=rest.free_at, recent=list(rest.recent))
    return wait
