"""Tells the admins when another process listens with the bot's token: at most once an hour, whoever restarts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.app.admins import Herald
from bot.store import rule_files
from bot.texts.replies import say
from bot.texts.speech import words_of

AGAIN_AFTER = timedelta(hours=1)
_TOPIC = "token"


@dataclass(slots=True)
class Alarm(Herald):
    """Its audience's ``ours()`` says whether there is a rival now. The log and the health page have it anyway."""

    about: ClassVar[str] = "another listener"
    look_seconds: ClassVar[float] = 1.0

    def forget(self) -> None:
        """Nothing is kept in mind."""

    async def tell(self) -> None:
        """Tell, and write it down first: better untold once than told without end."""
        now = self.audience.now()
        async with self.audience.database.write() as session:
            told = await rule_files.told(session, _TOPIC)
            if told is not None and abs(now - told.told_at) < AGAIN_AFTER:
                return
            await rule_files.note_told(session, "rival", (), now, _TOPIC)
        await self.reach(now, lambda to: say(words_of(to).talk.rival))
