"""what the admins are told of feeds holds those that have moved onto another feed's address

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
    """Apply."""
    _untold("told_of = '' AND (state IN ('gone', 'moved') OR silent_at IS NOT NULL)")


def downgrade() -> None:
    """Undo. Feeds that were retired are asked again, as they were before."""
    op.execute("UPDATE feed SET state = 'ok', due_at = polled_at WHERE state = 'moved'")
    _untold("told_of = '' AND (state = 'gone' OR silent_at IS NOT NULL)")


def _untold(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index("ix_feed_untold", table_name="feed")
    op.create_index("ix_feed_untold", "feed", ["id"], sqlite_where=where, postgresql_where=where)
