"""The evening's summary, as a newcomer reads it."""

from rich.console import Console
from rich.table import Table

from bot.app.evening import Summary
from bot.store.types import Fate
from rules import RuleSet

_FATES = {
    Fate.ALERTED: ("صار تنبيهًا", "told in an alert"),
    Fate.JOINED: ("نسخة من خبر سبق التنبيه إليه", "a copy of news already told: one more source"),
    Fate.BACKLOG: ("خبر قديم عند أول قراءة للخلاصة", "old when its feed was first read"),
    Fate.STALE: ("تاريخه قديم", "dated too long ago"),
    Fate.FLOOD: ("جاء مع موادّ الخلاصة كلها بمعرّفات جديدة", "came when its feed gave everything new ids"),
    Fate.TOO_MANY: ("نبّهت خلاصته كثيرًا في ساعته", "its feed had caused too many alerts within the hour"),
    Fate.SHADOW: ("القاعدة قيد التجربة", "its rule is on trial"),
}


def print_summary(summary: Summary, rules: RuleSet, console: Console) -> None:
    """Print entries, matches by rule, alerts, and what was left out and why."""
    console.rule("الخلاصة · Summary")
    matched = sum(summary.by_fate.values())
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("المواد المقروءة · Entries read", str(summary.entries))
    for rule in rules.rules:
        table.add_row(f"  طابقت «{rule.title}» · matched {rule.id}", str(summary.by_rule.get(rule.id, 0)))
    table.add_row("التنبيهات المرسلة · Alerts shown", str(summary.outbox.get("sent", 0)))
    table.add_row(
        "ما لم تطابقه أي قاعدة · Entries that no rule matched", str(summary.entries - summary.matched_entries)
    )
    console.print(table)
    console.print(f"مصير المطابقات · What became of the {matched} matches", style="bold")
    for fate, count in sorted(summary.by_fate.items(), key=lambda one: -one[1]):
        arabic, english = _FATES[Fate(fate)]
        console.print(f"  {count:>3}  {arabic} · {english}")
    _print_troubles(summary, console)


def _print_troubles(summary: Summary, console: Console) -> None:
    unsent = {state: count for state, count in summary.outbox.items() if state != "sent"}
    for reason, count in (summary.reasons if unsent else {}).items():
        console.print(f"  {count:>3}  لم يُرسل · not sent: {reason}")
    if summary.failing:
        console.print("خلاصات لا تجيب، ولم تعطّل غيرها · Feeds that fail and disturb no other", style="bold")
    for feed in summary.failing:
        console.print(f"  {feed.outlet_ar or feed.outlet}: {feed.failure} ({feed.failure_detail})")
