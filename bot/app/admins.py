"""What all that tells the admins shares: reaching each in his language, and looking again whatever went wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.delivery.notices import Board
from bot.delivery.outcomes import Verdict
from bot.logs import get_log
from bot.store import chats
from bot.store.engine import Database, first_line, is_passing
from bot.texts.language import DEFAULT, Language, language_of
from bot.texts.markup import Message

log = get_log(__name__)

_PASSING = (Verdict.WAIT, Verdict.RETRY, Verdict.HALT)


@dataclass(slots=True)
class Round:
    """One message's way to everybody: ``reached`` have it, or cannot be reached for good."""

    reached: set[int] = field(default_factory=set)

    async def go(
        self,
        database: Database,
        board: Board,
        admins: Sequence[int],
        page: Callable[[Language], Message],
        about: str,
    ) -> bool:
        """Tell every admin (a user id) who was not reached yet; False when somebody is to be told later."""
        for admin in admins:
            if admin not in self.reached and await _reaches(database, board, admin, page, about):
                self.reached.add(admin)
        return self.reached.issuperset(admins)


async def _reaches(
    database: Database, board: Board, admin: int, page: Callable[[Language], Message], about: str
) -> bool:
    """Send to one admin; True when there is nothing more to try."""
    outcome = await board.pin(admin, page(await language_of_admin(database, admin)))
    if outcome is None:
        return True
    log.warning(
        "an admin was not told", about=about, admin=admin, verdict=outcome.verdict, reason=outcome.reason
    )
    return outcome.verdict not in _PASSING


async def language_of_admin(database: Database, admin: int) -> Language:
    """The language that an admin's chat has chosen."""
    async with database.read() as session:
        chat = await chats.find(session, admin)
    return language_of(chat.language) if chat else DEFAULT


async def look_again(
    look: Callable[[], Awaitable[None]], seconds: float, wait: Callable[[], None], about: str
) -> None:
    """``look`` every so many ``seconds``, until cancelled; after what fails, ``wait`` puts the next try off."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await look()
        except Exception as error:
            wait()
            if not is_passing(error):
                log.exception("the admins were not told", about=about)
                continue
            log.warning(
                "the admins are told later: the database does not answer",
                about=about,
                error=first_line(error),
            )
