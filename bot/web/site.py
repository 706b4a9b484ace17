"""The web process: health for people and monitors, metrics for Prometheus."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from datetime import datetime

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.errors import RasidError
from bot.store.engine import TROUBLE, Database
from bot.web.callback import callback
from bot.web.health import Health, look


def site(database: Database, now: Callable[[], datetime], *, hubs: bool = False) -> Starlette:
    """The pages: ``/health`` (200 when all is well, 503 with the troubles otherwise) and ``/metrics``.

    ``hubs``: WebSub hubs reach us here too.
    """

    async def health(_request: Request) -> Response:
        found = await look(database, now())
        return JSONResponse(found.as_json(), 503 if found.troubles else 200)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(gauges(await look(database, now()))), media_type=CONTENT_TYPE_LATEST)

    async def down(_request: Request, error: Exception) -> Response:
        line = f"database: does not answer ({type(error).__name__})"
        return JSONResponse({"ok": False, "troubles": [line]}, 503)

    async def home(_request: Request) -> Response:
        return RedirectResponse("/health")

    routes = [Route("/", home), Route("/health", health), Route("/metrics", metrics)]
    if hubs:
        routes += callback(database, now)
    return Starlette(routes=routes, exception_handlers=dict.fromkeys(TROUBLE, down))


def gauges(health: Health) -> CollectorRegistry:
    """The health as Prometheus gauges, made anew from the database at each scrape: any process can answer."""
    registry = CollectorRegistry()
    counted = (
        ("rasid_feeds", "Feeds by state", "state", health.feeds),
        ("rasid_deliveries", "Deliveries by state", "state", health.deliveries),
        ("rasid_chats", "Chats by state", "state", health.chats),
        ("rasid_pages", "Pages of entries by state", "state", health.pages),
        ("rasid_matches", "Matches by rule", "rule", health.matches),
        ("rasid_rules", "Rules in force by part", "part", _of_rules(health, "rules")),
        (
            "rasid_rule_files_on_last_good",
            "Rule files that are wrong and run in their last good version",
            "part",
            _of_rules(health, "files_on_last_good"),
        ),
        ("rasid_silent_seconds", "Seconds since a part's last sign of life", "part", health.silent_seconds),
    )
    for name, text, label, values in counted:
        gauge = Gauge(name, text, [label], registry=registry)
        for value, count in values.items():
            gauge.labels(value).set(count)
    Gauge("rasid_entries", "Entries stored", registry=registry).set(health.entries)
    Gauge("rasid_overdue_seconds", "How long the most overdue feed waits", registry=registry).set(
        health.overdue_seconds
    )
    Gauge("rasid_waiting_seconds", "How long the oldest message waits to be sent", registry=registry).set(
        health.waiting_seconds
    )
    Gauge("rasid_feeds_silent", "Feeds that are silent against their own habit", registry=registry).set(
        health.silent_feeds
    )
    Gauge("rasid_healthy", "1 when all is well", registry=registry).set(not health.troubles)
    return registry


def _of_rules(health: Health, column: str) -> dict[str, int]:
    return {part: getattr(book, column) for part, book in health.rules.items()}


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the application has one place that stops everything."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Serves the site on ``host:port``; port 0 picks a free one."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        self._socket = _bind(host, port)
        self.url = "http://{}:{}".format(*self._socket.getsockname()[:2])
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        self._server = _Server(config)

    async def run(self) -> None:
        """Serve until ``stop()``."""
        await self._server.serve([self._socket])

    def stop(self) -> None:
        """Ask ``run()`` to end."""
        self._server.should_exit = True


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()
    except OSError as error:
        bound.close()
        raise RasidError(
            f"PORT: cannot listen on {host}:{port} ({error.strerror}); choose another PORT"
        ) from error
    return bound
