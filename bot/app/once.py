"""What the commands run: each a coroutine from start to end."""

import asyncio
import json
from collections.abc import Callable

from rich.console import Console

from bot.app import parts
from bot.app.evening import EVENING_SECONDS, play_evening
from bot.app.rulebook import read_rules
from bot.app.run import Rasid, Roles, stop_on_signals
from bot.app.summary import print_summary
from bot.settings import Settings
from bot.store import moving
from bot.store.engine import Database, in_one_line
from bot.times import utc_now
from bot.web.health import look


async def serve(settings: Settings, roles: Roles, console: Console) -> None:
    """Run a process's parts until it is told to stop; on a bare terminal without a network, the evening."""
    rasid = Rasid(settings, roles, console)
    stop_on_signals(rasid.stop)
    if roles.bot and settings.token is None:
        console.print(
            "راصد يقرأ الخلاصات الآن، وتظهر التنبيهات هنا. اضغط Ctrl-C للإيقاف.\n"
            "Rasid reads its feeds now; alerts appear here. Ctrl-C stops it. "
            "With TELEGRAM_BOT_TOKEN in .env they go to Telegram.",
            style="dim",
        )
    await rasid.run()
    if rasid.unreachable:
        console.print(
            "تعذّر الوصول إلى أي خلاصة خلال نصف دقيقة، فهذه أمسية مسجّلة بدلًا منها.\n"
            "No feed could be reached within half a minute (is there a network?): "
            "playing the recorded evening instead.",
            style="bold",
        )
        await demo(settings, console)


async def demo(settings: Settings, console: Console, seconds: float = EVENING_SECONDS) -> None:
    """Play the recorded evening and sum it up."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    summary = await play_evening(settings, console, stop=stop, duration=seconds)
    print_summary(summary, read_rules(settings).rule_set, console)


async def release(settings: Settings) -> None:
    """Bring the schema and the feeds' rows up to date."""
    database = Database(settings.database_url)
    try:
        with in_one_line(database):
            await parts.prepare(database, parts.read_catalogue(settings))
    finally:
        await database.dispose()


async def move(settings: Settings, source: str, tell: Callable[[str, int], None]) -> int:
    """Move every row of the database at ``source`` into that of the settings; how many rows."""
    old, new = Database(source), Database(settings.database_url)
    try:
        return (await moving.move(old, new, utc_now(), tell)).total
    finally:
        await old.dispose()
        await new.dispose()


async def health(settings: Settings) -> bool:
    """Print the health as JSON; whether all is well."""
    database = Database(settings.database_url)
    try:
        with in_one_line(database):
            found = await look(database, utc_now())
    finally:
        await database.dispose()
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    return not found.troubles
