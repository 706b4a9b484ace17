"""a feed's habit, wishes, moves and hub; the pace of each server; what hubs promised

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TEXTS = ("listed_as", "host", "skips", "moved_to", "hub", "topic", "told_of")
_INSTANTS = ("silent_at", "moved_since", "pushed_until", "notified_at")
_SECONDS = ("gap_seconds", "longest_gap_seconds", "asks_seconds")
_UNTOLD = sa.text("told_of = '' AND (state = 'gone' OR silent_at IS NOT NULL)")


def upgrade() -> None:
    """Apply. A feed's host is written by the next sync with the catalogue, before anything is polled."""
    for name in _TEXTS:
        op.add_column("feed", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in _INSTANTS:
        op.add_column("feed", sa.Column(name, UTCDateTime(), nullable=True))
    for name in _SECONDS:
        op.add_column("feed", sa.Column(name, sa.Float(), nullable=False, server_default="0"))
    op.add_column("feed", sa.Column("arrivals", sa.Integer(), nullable=False, server_default="0"))
    # whom the admins knew to be gone is no news
    op.execute("UPDATE feed SET told_of = 'gone' WHERE state = 'gone'")
    op.create_index("ix_feed_host", "feed", ["host"])
    op.create_index("ix_feed_untold", "feed", ["id"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
    op.create_table(
        "host_pace",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("free_at", UTCDateTime(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_host_pace"),
    )
    op.create_table(
        "hub_subscription",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("hub", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_hub_subscription_feed_id"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_hub_subscription"),
        sa.UniqueConstraint("token", name="uq_hub_subscription_token"),
    )
    op.create_index("ix_hub_subscription_next_at", "hub_subscription", ["next_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("hub_subscription")
    op.drop_table("host_pace")
    op.drop_index("ix_feed_untold", table_name="feed")
    op.drop_index("ix_feed_host", table_name="feed")
    for name in (*_TEXTS, *_INSTANTS, *_SECONDS, "arrivals"):
        op.drop_column("feed", name)
