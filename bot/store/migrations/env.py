"""Alembic's entry point: runs our migrations on the connection that it is handed."""

from typing import Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from bot.store import tables  # noqa: F401 # fills the metadata
from bot.store.types import UTCDateTime


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our column types by their short names, as the template imports them."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "UTCDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_item=_render,
    compare_type=True,
    transactional_ddl=True,  # SQLite's too, since the engine begins transactions itself: all of it or nothing
)
with context.begin_transaction():
    context.run_migrations()
