"""What a fork server does once so that its children need not: imports, mappers, certificates. No thread is left."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx._transports.default
import psycopg  # noqa: F401 # the drivers import themselves at first use
import psycopg_binary  # noqa: F401
import telegram.ext
from httpx import create_ssl_context
from telegram.request import HTTPXRequest

from bot.store import leases, mailboxes
from bot.store.engine import Database
from bot.store.schema import upgrade
from bot.times import utc_now


def warm_up() -> None:
    """Go once through what every start goes through."""
    context = create_ssl_context()
    holder: Any = httpx._transports.default
    holder.create_ssl_context = lambda *_, **__: (
        context
    )  # the servers here speak no TLS; loading it takes long
    telegram.ext.Application.builder().token("1:a").build()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_use(Database(f"sqlite+aiosqlite:///{Path(folder) / 'warm.db'}")))


async def _use(database: Database) -> None:
    await upgrade(database)
    async with database.write() as session:
        await leases.beat(session, "nobody", utc_now())
        await mailboxes.any_open(session, utc_now(), terminal=False)
    await database.dispose()
    async with HTTPXRequest() as request:
        await asyncio.gather(request.do_request("http://127.0.0.1:1/", "GET"), return_exceptions=True)
