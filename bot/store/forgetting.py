"""Erasing a chat for good, once nothing is under way to it."""

from sqlalchemy.exc import IntegrityError

from bot.store import chats
from bot.store.engine import Database


async def erase_if_still(database: Database, chat_id: int) -> bool:
    """Erase a chat that is to be forgotten, unless something is being sent to it right now; whether it is gone.

    A delivery that was queued while this ran refuses the erasure once; it is found suppressed the next time. What was
    erased leaves SQLite's write-ahead log too: while a reader holds that up, it is not gone yet.
    """
    try:
        async with database.write() as session:
            if await chats.in_flight(session, chat_id):
                return False
            await chats.erase(session, chat_id)
    except IntegrityError:
        return False
    return await database.checkpoint()
