"""From what rings to alerts and deliveries: a new alert, or one that stands and says more from now on."""

from collections.abc import Sequence
from datetime import datetime

from bot.pipeline import decide
from bot.store import entries, outgoing, shown
from bot.store.engine import Session
from bot.store.tables import Alert, Entry
from bot.store.types import AlarmKind, Fate
from rules import Match as Fired
from rules import Severity


async def ring(
    session: Session, entry: Entry, ringing: Sequence[Fired], now: datetime, standing: int | None = None
) -> tuple[int | None, Fate, int]:
    """Tell what rings of an entry, in the alert ``standing`` if there is one: the alert, the fate, how many deliveries.

    No alert where the entry's feed has opened too many: then the admins hear of it. The matches themselves are stored
    by the caller, afterwards.
    """
    alert_id, fate = (standing, Fate.JOINED) if standing else await _alert_for(session, entry, ringing, now)
    if alert_id is None:
        return None, fate, 0
    queued = await _queue(session, alert_id, ringing, now)
    if fate == Fate.JOINED:
        queued += await _retell(session, alert_id, entry, ringing, now)
    return alert_id, fate, queued


async def _alert_for(
    session: Session, entry: Entry, ringing: Sequence[Fired], now: datetime
) -> tuple[int | None, Fate]:
    """The alert that tells this entry: one that stands and tells the same news, or a new one, or none."""
    told = await entries.told_alike(session, entry, now - decide.SAME_NEWS_FOR)
    standing = decide.same_news(decide.News(entry.link_key, entry.title_key, entry.title), told)
    if standing is not None:
        return standing, Fate.JOINED
    since, most = now - decide.MOST_ALERTS_WITHIN, decide.MOST_ALERTS
    if not decide.may_open_another(await entries.opened_by(session, entry.feed_id, since, at_most=most)):
        await shown.raise_alarm(session, entry.feed_id, AlarmKind.TOO_MANY, most, now)
        return None, Fate.TOO_MANY
    worst = _worst(ringing)
    assert entry.id is not None
    alert = Alert(entry_id=entry.id, severity=worst, severity_rank=worst.rank, created_at=now)
    return await entries.open_alert(session, alert), Fate.ALERTED


def _worst(ringing: Sequence[Fired]) -> Severity:
    return max((fired.severity for fired in ringing), key=lambda severity: severity.rank)


async def _queue(session: Session, alert_id: int, ringing: Sequence[Fired], now: datetime) -> int:
    """A copy that fires a further rule reaches that rule's followers too; those who have the alert keep one."""
    return await outgoing.plan(session, alert_id, _worst(ringing).rank, _rules_of(ringing), now)


async def _retell(
    session: Session, alert_id: int, entry: Entry, ringing: Sequence[Fired], now: datetime
) -> int:
    """What an alert says changes with an entry that joins it; how many deliveries that makes.

    One more outlet or rule rewrites the messages, which does not ring. Graver news is a follow-up, which does.
    """
    worst, queued = _worst(ringing), 0
    if await entries.raise_alert(session, alert_id, worst, worst.rank):
        assert entry.id is not None
        await outgoing.raise_rank(session, alert_id, worst.rank, now)
        queued = await outgoing.plan_reply(session, alert_id, worst.rank, _rules_of(ringing), entry.id, now)
    if queued or await entries.is_new_to(session, alert_id, entry.feed_id, _rules_of(ringing)):
        queued += await outgoing.plan_edit(session, alert_id, now)
    return queued


def _rules_of(ringing: Sequence[Fired]) -> set[str]:
    return {fired.rule for fired in ringing}
