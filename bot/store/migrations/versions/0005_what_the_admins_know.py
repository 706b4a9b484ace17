"""what the admins were told of deliveries, chats and topics that went wrong

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNTOLD = {
    "delivery": ("state IN ('uncertain', 'dead') AND told_at IS NULL", ["id"]),
    "chat": ("state = 'paused' AND told_at IS NULL", ["id"]),
    "subscription": ("paused <> '' AND told_at IS NULL", ["chat_id", "thread_id"]),
}


def upgrade() -> None:
    """Apply. What went wrong before counts as told: nobody wants a year's failures in one message."""
    for table, (condition, columns) in _UNTOLD.items():
        op.add_column(table, sa.Column("told_at", UTCDateTime(), nullable=True))
        op.execute(f"UPDATE {table} SET told_at = created_at WHERE {condition}")  # noqa: S608 # our own words
        where = sa.text(condition)
        op.create_index(f"ix_{table}_untold", table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Undo."""
    for table in _UNTOLD:
        op.drop_index(f"ix_{table}_untold", table_name=table)
        op.drop_column(table, "told_at")
