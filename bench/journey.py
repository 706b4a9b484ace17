"""How long one piece of news takes, on loopback: from the feed's changed answer to the message at Telegram's side.

The poll interval is taken out: the clock starts when the feed's server has answered the poll that brings the news.
Everything else is in it: a real process, fetch, parse, match, the transaction, the sender's claim, rendering, HTTP.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from bot.times import utc_now
from tests.fakes.bot_api import BotApiServer
from tests.fakes.feed_server import Item, Outlet
from tests.fakes.web import RawServer, Visit
from tests.journeys.processes import build_house

READER = 42
WARM_UP = 2  # the first rounds open connections and fill caches


class TimedOutlet(Outlet):
    """An outlet that remembers when it last answered with a body."""

    answered = 0.0

    async def __call__(self, visit: Visit) -> None:
        """Answer, then look at the clock."""
        changed = visit.headers.get("if-none-match") != self.etag
        await super().__call__(visit)
        if changed:
            self.answered = time.time()


async def measure(rounds: int) -> list[float]:
    """Seconds from answer to message, a figure a round."""
    outlet = TimedOutlet([Item("old", "خبر قديم عن الطقس في القاهرة")], now=utc_now())
    with tempfile.TemporaryDirectory(prefix="rasid-bench-") as folder:
        async with BotApiServer() as api, RawServer(outlet) as feed:
            api.world.add_chat(READER)
            house = build_house(Path(folder), feeds=[feed.url()], api=api)
            async with house.process("run"):
                api.world.say(READER, "/follow visits")
                await api.wait_for(lambda one: "✅" in one.text, within=30)
                return [await _round(outlet, api, number) for number in range(rounds + WARM_UP)][WARM_UP:]


async def _round(outlet: TimedOutlet, api: BotApiServer, number: int) -> float:
    await asyncio.sleep(1.1)  # Telegram's pace in one chat must not be part of the figure
    title = f"بوتين يصل إلى بيونغ يانغ في الزيارة رقم {number}"
    outlet.items.insert(0, Item(f"news-{number}", title))
    message = await api.wait_for(lambda one: one.text.find(title + "\n") >= 0, within=30)
    return message.at - outlet.answered


def main() -> None:
    """Measure, print a sentence, and one JSON line last."""
    parser = argparse.ArgumentParser(prog="python -m bench.journey")
    parser.add_argument("--rounds", type=int, default=20)
    seconds = sorted(asyncio.run(measure(parser.parse_args().rounds)))
    median, slowest = statistics.median(seconds), seconds[-1]
    print(f"feed's answer -> message, {len(seconds)} rounds: median {median:.3f} s, slowest {slowest:.3f} s")
    print(
        json.dumps(
            {"journey_median_s": round(median, 4), "journey_max_s": round(slowest, 4), "rounds": len(seconds)}
        )
    )


if __name__ == "__main__":
    main()
