"""Writes down how sends ended, once the database takes it, and knows from them whether Telegram takes the token."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery.outcomes import Outcome, Verdict
from bot.delivery.record import HALT_SECONDS, Arrived, record_failure
from bot.delivery.recorder import Recorder
from bot.logs import get_log
from bot.store.deliveries import Sent
from bot.store.engine import Database, first_line, is_passing
from bot.store.tables import Delivery

log = get_log(__name__)

REFUSED = "Telegram refuses TELEGRAM_BOT_TOKEN; nothing is sent, the queue is kept"
RECORD_PAUSE = 1.0  # between two tries to record an outcome while the database does not answer


@dataclass(slots=True)
class Endings:
    """Records outcomes into ``database``; ``busy`` says whether others are to be expected soon.

    ``refused``: whether Telegram did not take the token, with its last answer.
    """

    database: Database
    now: Callable[[], datetime]
    busy: Callable[[], bool]
    refused: bool = False
    _recorder: Recorder = field(init=False)
    _halted_until: float = 0.0

    def __post_init__(self) -> None:
        self._recorder = Recorder(self.database, self.busy)

    @property
    def are_halting(self) -> bool:
        """Whether nothing is to be sent for now, since the token was refused a moment ago."""
        return time.monotonic() < self._halted_until

    async def write(self, delivery: Delivery, outcome: Arrived | Outcome) -> None:
        """Write an outcome down, however long that takes. Raises what does not pass by itself."""
        at = self.now()
        while True:
            try:
                return await self._write(delivery, outcome, at)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.error("an outcome waits for the database", delivery=delivery.id, error=first_line(error))
                await asyncio.sleep(RECORD_PAUSE)

    async def _write(self, delivery: Delivery, outcome: Arrived | Outcome, at: datetime) -> None:
        about = {
            "delivery": delivery.id,
            "alert": delivery.alert_id,
            "chat": delivery.chat_id,
            "kind": delivery.kind,
        }
        self._note_token(outcome)
        if isinstance(outcome, Arrived):
            if await self._recorder.record(Sent(delivery, outcome.message_id, at)):
                waited = round((at - delivery.created_at).total_seconds(), 1)
                log.info("alert sent", waited=waited, tries=delivery.attempts + 1, **about)
            else:
                log.error("alert sent, but another sender has taken the delivery over", **about)
            return
        settled = await record_failure(self.database, delivery, outcome, self.now())
        log.warning(
            "alert not sent", verdict=outcome.verdict, reason=outcome.reason, state=settled.state, **about
        )
        if outcome.verdict == Verdict.HALT:
            log.error(REFUSED)

    def _note_token(self, outcome: Arrived | Outcome) -> None:
        """Whether Telegram takes the token, as far as an outcome tells.

        All sends halt before the outcome is written: what waits again then would be claimed at once.
        """
        if isinstance(outcome, Arrived) or outcome.verdict not in (Verdict.RETRY, Verdict.AMBIGUOUS):
            self.refused = isinstance(outcome, Outcome) and outcome.verdict == Verdict.HALT
        if self.refused:
            self._halted_until = time.monotonic() + HALT_SECONDS
