"""The schema: Alembic's migrations, run at start, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SchemaTooNew, StoreUnavailable
from bot.store.engine import Database, first_line, in_one_line
from bot.store.leases import left_for

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_227_434_301  # an arbitrary number that names our advisory lock on PostgreSQL


async def upgrade(database: Database) -> None:
    """Bring the schema to this version's, whole or not at all; safe to run twice and by several processes at once.

    Raises SchemaTooNew when a newer Rasid has written the database, StoreUnavailable when it cannot be
    opened, its schema is none that a Rasid made, or its rows were moved elsewhere.
    """
    with in_one_line(database):
        async with database.connection() as connection:
            await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if gone := left_for(connection):
        raise StoreUnavailable(f"DATABASE_URL: this database was moved to {gone}, and is not used any more")
    config = alembic_config(connection)
    scripts = ScriptDirectory.from_config(config)
    _refuse_newer(connection, scripts)
    present = MigrationContext.configure(connection).get_current_revision()
    try:
        command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreUnavailable(
            f"DATABASE_URL: schema {present or 'none'} cannot be brought to {scripts.get_current_head()}: "
            f"{first_line(error)}; nothing was changed"
        ) from error


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
