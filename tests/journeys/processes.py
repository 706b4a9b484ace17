"""Rasid's own processes, started and really killed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT
from tests.bot.newsroom import make_rules
from tests.fakes.bot_api import TOKEN, BotApiServer


@dataclass
class House:
    """What all processes of one Rasid share: the settings in their environment."""

    folder: Path
    environment: dict[str, str]
    module: str = "bot"  # what is run; tests.journeys.launcher changes Rasid beforehand

    @asynccontextmanager
    async def process(self, *command: str, log: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
        """``rasid COMMAND``, running until the block ends; its output goes to ``<log or command>.log``."""
        path = self.folder / f"{log or command[0]}.log"
        with path.open("ab") as out:
            running = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.module,
                *command,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                env=self.environment,
            )
        try:
            yield running
        finally:
            if running.returncode is None:
                running.send_signal(signal.SIGTERM)
                await asyncio.wait_for(running.wait(), 15)

    async def once(self, *command: str, within: float = 60) -> tuple[int, str]:
        """Run ``rasid COMMAND`` to its end: the exit code, and all that it wrote."""
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self.module, *command),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
        )
        out, _ = await asyncio.wait_for(running.communicate(), within)
        return running.returncode or 0, out.decode("utf-8")

    def log(self, name: str) -> str:
        """What a process has written so far."""
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def change(self, values: dict[str, object]) -> None:
        """From now on processes run with constants of Rasid changed: ``{"bot.store.role:LEASE_SECONDS": 2}``."""
        self.module = "tests.journeys.launcher"
        self.environment["TEST_CONSTANTS"] = json.dumps(values)

    async def until_logged(self, name: str, words: str, within: float = 30) -> None:
        """Wait until a process's output holds ``words``; TimeoutError with the output."""
        try:
            async with asyncio.timeout(within):
                while words not in self.log(name):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"{words!r} not in {name}: {self.log(name)[-3000:]}") from None


def build_house(
    folder: Path,
    *,
    feeds: list[str],
    database_url: str = "",
    api: BotApiServer | None = None,
    token: str = TOKEN,
) -> House:
    """A house with rules and a catalogue of its own; with ``api``, a token for that server."""
    make_rules(folder / "rules")
    catalogue = folder / "catalogue"
    catalogue.mkdir()
    outlets = "".join(
        f"  - outlet: Outlet {number}\n    outlet_ar: منبر {number}\n    tier: 1\n    url: {url}\n"
        for number, url in enumerate(feeds)
    )
    (catalogue / "test.yaml").write_text(f"country: EG\noutlets:\n{outlets}", encoding="utf-8")
    plain_url = database_url.replace("+aiosqlite", "").replace("+psycopg", "")
    settings = {
        "RASID_RULES": str(folder / "rules"),
        "RASID_CATALOGUE": str(catalogue),
        "RASID_POLL_SECONDS": "1",
        "RASID_SLOWEST_POLL_SECONDS": "1",
        "RASID_NEWS_HOURS": "0",
        "RASID_ALLOW_PRIVATE_ADDRESSES": "true",
        "RASID_LOG_FORMAT": "json",
        "DATABASE_URL": plain_url or f"sqlite:///{folder / 'rasid.db'}",
        "PORT": "0",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    if api is not None:
        settings |= {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": api.url}
    return House(folder, {**os.environ, **settings})
