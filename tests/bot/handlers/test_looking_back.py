"""/latest over real alerts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.handlers.desk import Call, Desk
from bot.handlers.following import follow
from bot.handlers.looking_back import latest, number_asked
from bot.store import entries, feeds
from bot.store.tables import Alert, Entry, Match
from bot.store.types import Fate

FEED = {"url": "https://feed.example/rss", "outlet": "City Agency", "outlet_ar": "وكالة المدينة"}


async def _alerted(desk: Desk, rule: str, *titles: str) -> None:
    """One alert of ``rule`` for each title, one minute apart."""
    async with desk.database.write() as session:
        await feeds.sync(session, [FEED], desk.now())
    for number, title in enumerate(titles):
        await _alert(desk, rule, title, number)


async def _alert(desk: Desk, rule: str, title: str, minute: int) -> None:
    at = desk.now() + timedelta(minutes=minute)
    async with desk.database.write() as session:
        entry = Entry(
            feed_id=1, identity=f"{rule} {title}", title=title, link="https://news.example/1", seen_at=at
        )
        (stored,) = await entries.add(session, [entry])
        assert stored.id is not None
        alert_id = await entries.open_alert(
            session, Alert(entry_id=stored.id, severity="high", severity_rank=2, created_at=at)
        )
        match = Match(
            entry_id=stored.id,
            rule=rule,
            rule_hash="0",
            severity="high",
            evidence=[],
            matched_at=at,
            fate=Fate.ALERTED,
            alert_id=alert_id,
        )
        await entries.add_matches(session, [match])


async def test_the_newest_alerts_of_what_is_followed(desk: Desk, call: Call) -> None:
    """Whoever follows a rule sees its alerts, newest first, as many as asked for."""
    await _alerted(desk, "dprk-arms", "شحنة أولى", "شحنة ثانية", "شحنة <ثالثة>")
    await _alerted(desk, "putin-visits", "زيارة")
    await follow(desk, replace(call, argument="dprk-arms"))
    shown = (await latest(desk, replace(call, argument="2"))).message
    assert shown.plain.startswith("آخر تنبيهين\n\nمهم 🟠 شحنة <ثالثة>\nالمصدر: وكالة المدينة، ")
    assert "شحنة ثانية" in shown.plain and "أولى" not in shown.plain and "زيارة" not in shown.plain
    assert '<a href="https://news.example/1">شحنة &lt;ثالثة&gt;</a>' in shown.html


async def test_without_subscriptions_it_shows_all(desk: Desk, call: Call) -> None:
    """Whoever follows nothing yet sees what there is, and is told so; in English with English names."""
    await _alerted(desk, "dprk-arms", "شحنة")
    await _alerted(desk, "putin-visits", "زيارة")
    shown = (await latest(desk, replace(call, language="en"))).message.plain
    assert "Of all rules" in shown and "شحنة" in shown and "زيارة" in shown
    assert "Source: City Agency, 18 June 2024, 18:30 (GMT)" in shown


async def test_no_alerts_yet(desk: Desk, call: Call) -> None:
    """An empty look back says so."""
    assert "لا تنبيهات بعد" in (await latest(desk, call)).message.plain


async def test_a_wrong_number_is_answered_with_an_example(desk: Desk, call: Call) -> None:
    """What is no number from 1 to 20 changes nothing and is explained."""
    assert "اكتب عددًا من 1 إلى 20" in (await latest(desk, replace(call, argument="ألف"))).message.plain


@pytest.mark.parametrize(
    ("argument", "number"),
    [
        ("", 5),
        ("1", 1),
        ("20", 20),
        ("٧", 7),
        ("0", None),
        ("21", None),
        ("-1", None),
        ("²", None),
        ("9" * 99, None),
    ],
)
def test_numbers(argument: str, number: int | None) -> None:
    """Numbers in any digits, within bounds."""
    assert number_asked(argument) == number
