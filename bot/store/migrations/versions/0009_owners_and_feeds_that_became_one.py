"""who owns a feed's outlet; the admins are told of feeds that have moved onto another one's address

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Owners come with the next sync."""
    op.add_column("feed", sa.Column("ownership", sa.String(), nullable=False, server_default=""))
    _untold("told_of = '' AND (state IN ('gone', 'moved') OR silent_at IS NOT NULL)")


def downgrade() -> None:
    """Undo. Feeds that were retired are asked again, as they were before."""
    op.execute("UPDATE feed SET state = 'ok', due_at = polled_at WHERE state = 'moved'")
    _untold("told_of = '' AND (state = 'gone' OR silent_at IS NOT NULL)")
    op.drop_column("feed", "ownership")


def _untold(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index("ix_feed_untold", table_name="feed")
    op.create_index("ix_feed_untold", "feed", ["id"], sqlite_where=where, postgresql_where=where)
