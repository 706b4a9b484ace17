"""`rasid outbox trace`: an alert's way from its outlet to its chats, with the seconds that each step took."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.store.traces import Leg, Trace


def as_json(found: "Trace") -> dict[str, Any]:
    """Everything, instants as ISO 8601 in UTC."""
    document = asdict(found)
    for leg in document["legs"]:
        leg.update(_in_iso(leg))
    return document | _in_iso(document)


def _in_iso(values: dict[str, Any]) -> dict[str, str]:
    return {name: at.isoformat() for name, at in values.items() if isinstance(at, datetime)}


def in_words(found: "Trace", now: datetime) -> list[str]:
    """The same for people: a line a step, with its instant and the seconds since the step before."""
    lines = [f"alert {found.alert_id}, {found.severity}: {found.title}", f"  {found.link or '-'}"]
    before = None
    for at, what in _steps(found):
        if at is None:
            lines.append(f"  {'-':<19}  {'':>10}  {what}")
            continue
        lines.append(f"  {at:%Y-%m-%d %H:%M:%S}  {_since(before, at):>10}  {what}")
        before = at
    for leg in found.legs:
        lines += _of_leg(leg, now)
    if found.of_how_many > len(found.legs):
        lines.append(
            f"\n{len(found.legs)} of {found.of_how_many} deliveries, those that ended last; see --most"
        )
    return lines


def _steps(found: "Trace") -> list[tuple[datetime | None, str]]:
    rules = f"matched {', '.join(found.rules)}" if found.rules else "no match is stored"
    return [
        (found.published_at, f"published, says the feed of {found.outlet or '-'}"),
        (found.read_at, f"read; how the feed is asked: rasid feeds show {found.feed}"),
        (found.matched_at, rules),
        (found.opened_at, "alert opened"),
    ]


def _of_leg(leg: "Leg", now: datetime) -> list[str]:
    topic = f", topic {leg.thread_id}" if leg.thread_id else ""
    label = ", labelled as a possible copy" if leg.may_be_duplicate else ""
    held = "held up last by" if leg.state == "sent" else "because"
    why = f"; {held}: {leg.reason}" if leg.reason else ""
    tries = f"{leg.attempts} {'try' if leg.attempts == 1 else 'tries'}"
    ended = leg.settled_at or now
    what = leg.state if leg.settled_at else f"still {leg.state}, not before {leg.not_before:%H:%M:%S}"
    return [
        f"\ndelivery {leg.id}: {leg.kind} to {leg.chat_type} {leg.chat_id}{topic}",
        f"  {leg.queued_at:%Y-%m-%d %H:%M:%S}  {'':>10}  queued",
        f"  {ended:%Y-%m-%d %H:%M:%S}  {_since(leg.queued_at, ended):>10}  {what} after {tries}{label}{why}",
    ]


def _since(before: datetime | None, at: datetime) -> str:
    return "" if before is None else f"{(at - before).total_seconds():+,.1f} s"
