"""An entry whose text has changed: the old text is kept, and only what is news about the new one rings.

An edit is news when a rule holds that did not hold before, or holds more gravely: measured by the rules of today on
both texts, so that neither a comma nor a new rule makes yesterday's entry ring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.pipeline import decide
from bot.pipeline.reading import evidence_rows, match_of
from bot.pipeline.ringing import ring
from bot.pipeline.watching import on_matches
from bot.store import entries, outgoing
from bot.store.engine import Session
from bot.store.entries import NewEntry
from bot.store.tables import Entry, Match
from bot.store.types import Fate
from rules import Match as Fired
from rules import Severity, Status
from rules.watch import CompiledWatch

Reasons = Mapping[str, Sequence[str]]  # by rule: why it holds


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored entry, its new text, and what fires on each of the two by the rules of today."""

    before: Entry
    after: NewEntry
    fired: Sequence[Fired] = ()
    fired_before: Sequence[Fired] = ()
    explained: Reasons = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Revised:
    """What came of an edit."""

    alerts: int = 0
    deliveries: int = 0


async def revise(
    session: Session, edit: Edit, watches: Sequence[CompiledWatch], now: datetime, news_hours: float
) -> Revised:
    """Store an edit and what it causes."""
    assert edit.before.id is not None
    entry = edit.after.stands_for(edit.before)
    await entries.revise(session, edit.before, entry, now)
    stored = await entries.matches_of(session, edit.before.id)
    await _rewrite(session, stored, edit)
    news = [one for one in edit.fired if _is_news(one, stored, edit.fired_before)]
    alert_id = next((one.alert_id for one in stored if one.alert_id is not None), None)
    if not news:
        return Revised(deliveries=await _correct(session, edit, alert_id, now))
    rows, ringing = [], []
    for fired in news:
        fate = decide.kept_silent(
            entry.published_at,
            now=now,
            first_read=False,
            news_hours=news_hours,
            shadow=fired.status == Status.SHADOW,
        )
        if fate is None:
            ringing.append(fired)
        else:
            rows.append(_row(fired, edit, now, fate, None))
    opened = queued = 0
    if ringing:
        alert_id, fate, queued = await ring(session, entry, ringing, now, alert_id)
        opened = int(fate == Fate.ALERTED)
        rows += [_row(fired, edit, now, fate, alert_id) for fired in ringing]
    rang = await _store(session, rows, stored, entry, watches, now)
    return Revised(opened + rang.alerts, queued + rang.deliveries)


def _is_news(fired: Fired, stored: Sequence[Match], fired_before: Sequence[Fired]) -> bool:
    """Whether a rule holds now that did not hold before, or holds more gravely."""
    ranks = [Severity(one.severity).rank for one in stored if one.rule == fired.rule]
    ranks += [one.severity.rank for one in fired_before if one.rule == fired.rule]
    return fired.severity.rank > max(ranks, default=-1)


async def _rewrite(session: Session, stored: Sequence[Match], edit: Edit) -> None:
    """Evidence points into the text that is shown: the new one. A rule that holds no more has none there."""
    fired = {one.rule: one for one in edit.fired}
    for match in stored:
        assert match.id is not None
        holds = fired.get(match.rule)
        if holds is None:
            await entries.rewrite_match(session, match.id, evidence=[])
        else:
            why = list(edit.explained.get(match.rule, ())) or match.explanation
            await entries.rewrite_match(
                session, match.id, evidence=evidence_rows(holds.evidence), explanation=why
            )


async def _correct(session: Session, edit: Edit, alert_id: int | None, now: datetime) -> int:
    """Messages that tell an entry follow its headline, without ringing; not every comma."""
    if alert_id is None or edit.before.title_key == edit.after.title_key:
        return 0
    return await outgoing.plan_edit(session, alert_id, now)


async def _store(
    session: Session,
    rows: Sequence[Match],
    stored: Sequence[Match],
    entry: Entry,
    watches: Sequence[CompiledWatch],
    now: datetime,
) -> Revised:
    """Put new matches beside the stored ones; one that holds more gravely takes the stored one's place."""
    by_rule = {one.rule: one for one in stored}
    for row in rows:
        old = by_rule.get(row.rule)
        if old is not None and old.id is not None:
            fate = row.fate if row.alert_id is not None else old.fate
            await entries.rewrite_match(
                session, old.id, severity=row.severity, fate=fate, alert_id=row.alert_id or old.alert_id
            )
    fresh = [row for row in rows if row.rule not in by_rule]
    await entries.add_matches(session, fresh)
    rang = await on_matches(session, entry, fresh, watches, now)
    return Revised(rang.alerts, rang.deliveries)


def _row(fired: Fired, edit: Edit, now: datetime, fate: Fate, alert_id: int | None) -> Match:
    assert edit.before.id is not None
    why = edit.explained.get(fired.rule, ())
    return match_of(fired, edit.before.id, now, fate=fate, alert_id=alert_id, explanation=why)
