"""/latest: the last alerts."""

from bot.handlers.desk import Call, Desk, Reply, followed_at
from bot.store import entries
from bot.store.outgoing import ALL_RULES
from bot.texts.language import Language
from bot.texts.latest import PastAlert, latest_page
from bot.texts.replies import say
from bot.texts.speech import command

USUAL, MOST = 5, 20  # alerts: what a phone shows at once, and what one message holds


async def latest(desk: Desk, call: Call) -> Reply:
    """/latest [n]: the last n alerts of the rules followed here, or of all while none is followed."""
    wanted = number_asked(call.argument)
    if wanted is None:
        example = command(f"latest {MOST // 2}")
        return Reply(say(call.words.talk.latest_wrong_number, most=str(MOST), command=example))
    followed = await followed_at(desk, call.place)
    async with desk.database.read() as session:
        rows = await entries.latest(session, followed or [ALL_RULES], limit=wanted)
    return Reply(latest_page(call.language, [_past(row, call.language) for row in rows], of_all=not followed))


def number_asked(argument: str) -> int | None:
    """How many alerts an argument asks for; None when it is no number from 1 to MOST."""
    if not argument:
        return USUAL
    number = int(argument) if argument.isdecimal() and len(argument) < 4 else 0
    return number if 1 <= number <= MOST else None


def _past(row: entries.Latest, language: Language) -> PastAlert:
    return PastAlert(
        severity=row.severity,
        title=row.title,
        link=row.link,
        outlet=row.outlet if language == "en" else (row.outlet_ar or row.outlet),
        at=row.created_at,
    )
