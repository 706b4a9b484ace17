"""The schema: Alembic's migrations, run at start, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import SchemaTooNew
from bot.store.engine import Database, in_one_line

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_227_434_301  # an arbitrary number that names our advisory lock on PostgreSQL


async def upgrade(database: Database) -> None:
    """Bring the schema to this version's; safe to run twice and by several processes at once.

    Raises SchemaTooNew when a newer Rasid has written the database, StoreUnavailable when it cannot be
    opened.
    """
    with in_one_line(database):
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = alembic_config(connection)
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for our migrations over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    for revision in MigrationContext.configure(connection).get_current_heads():
        if revision not in known:
            raise SchemaTooNew(
                f"this database was written by a newer Rasid (schema {revision}); run that version, "
                "or point DATABASE_URL elsewhere"
            )
