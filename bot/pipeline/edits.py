"""An entry whose text has changed, or of which more is known: only what is news about the new text rings.

An edit is news when a rule holds that did not hold before, or holds more gravely: measured by the rules of today on
both texts, so that neither a comma nor a new rule makes yesterday's entry ring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.pipeline import decide
from bot.pipeline.reading import evidence_rows, match_of
from bot.pipeline.ringing import ring
from bot.pipeline.watching import on_matches
from bot.store import entries, outgoing, pages
from bot.store.engine import Session
from bot.store.entries import AnyEntry, NewEntry
from bot.store.tables import Entry, Match
from bot.store.types import Fate
from rules import Match as Fired
from rules import Severity, Status
from rules.watch import CompiledWatch

Reasons = Mapping[str, Sequence[str]]  # by rule: why it holds


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored entry, its new text, and what fires on each of the two by the rules of today.

    ``first_read``: it stood in its feed when that was read for the first time. ``quarantined``: a flood brought it.
    """

    before: Entry
    after: AnyEntry
    fired: Sequence[Fired] = ()
    fired_before: Sequence[Fired] = ()
    explained: Reasons = field(default_factory=dict)
    first_read: bool = False
    quarantined: bool = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether the entry's page is another one now."""
        return _has_moved(self.before, self.after)


def _has_moved(before: Entry, after: AnyEntry) -> bool:
    return bool(after.link_key) and after.link_key != before.link_key


def with_page(before: Entry, after: NewEntry) -> NewEntry:
    """A new text of an entry whose page was read before: it keeps what stood there, unless the feed gives more now.

    Of another page it keeps nothing; that one is read anew.
    """
    if _has_moved(before, after) or len(after.content) >= len(before.content):
        return after
    return replace(after, content=before.content)


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
    before = (await entries.load(session, [edit.before.id]))[edit.before.id]
    same = before.content == edit.before.content  # else its page has been read since we looked
    assert isinstance(edit.after, NewEntry)  # as it was just read
    entry = (edit.after if same else with_page(before, edit.after)).stands_for(before)
    await entries.revise(session, before, entry, now)
    if edit.is_elsewhere:
        await pages.ask_again(session, edit.before.id, now)
    stored = await entries.matches_of(session, edit.before.id)
    if same:
        await _rewrite(session, stored, edit)
    told = await _tell_news(session, edit, entry, stored, watches, now, news_hours)
    return told or Revised(deliveries=await _correct(session, edit, _alert_of(stored), now))


async def enrich(
    session: Session, edit: Edit, watches: Sequence[CompiledWatch], now: datetime, news_hours: float
) -> Revised:
    """Store what it causes that more of an entry's text is known: all that held before holds still."""
    assert edit.before.id is not None
    entry = edit.after
    assert isinstance(entry, Entry)  # the same row, with its page's text
    stored = await entries.matches_of(session, edit.before.id)
    holding = {one.rule for one in edit.fired}
    await _rewrite(session, [one for one in stored if one.rule in holding], edit)
    edit = replace(edit, quarantined=any(one.fate == Fate.FLOOD for one in stored))
    told = await _tell_news(session, edit, entry, stored, watches, now, news_hours)
    return told or Revised()


async def _tell_news(
    session: Session,
    edit: Edit,
    entry: Entry,
    stored: Sequence[Match],
    watches: Sequence[CompiledWatch],
    now: datetime,
    news_hours: float,
) -> Revised | None:
    """Tell what is news about a new text, in the alert that tells the entry, if one does; None if nothing is."""
    news = [one for one in edit.fired if _is_news(one, stored, edit.fired_before)]
    if not news:
        return None
    rows, ringing = [], []
    for fired in news:
        fate = decide.kept_silent(
            entry.published_at,
            now=now,
            first_read=edit.first_read,
            news_hours=news_hours,
            shadow=fired.status == Status.SHADOW,
            flooded=edit.quarantined,
        )
        if fate is None:
            ringing.append(fired)
        else:
            rows.append(_row(fired, edit, now, fate, None))
    opened = queued = 0
    if ringing:
        alert_id, fate, queued = await ring(session, entry, ringing, now, _alert_of(stored))
        opened = int(fate == Fate.ALERTED)
        rows += [_row(fired, edit, now, fate, alert_id) for fired in ringing]
    rang = await _store(session, rows, stored, entry, watches, now)
    return Revised(opened + rang.alerts, queued + rang.deliveries)


def _alert_of(stored: Sequence[Match]) -> int | None:
    return next((one.alert_id for one in stored if one.alert_id is not None), None)


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
            first_told = (
                old.alert_id is None and row.alert_id is not None
            )  # else what opened an alert, opened it
            fate = row.fate if first_told else old.fate
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
