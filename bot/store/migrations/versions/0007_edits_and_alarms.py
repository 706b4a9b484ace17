"""what a feed showed last, edits of entries, alarms about feeds, the kind of a source

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Entries of before have no digest of their text; it is written when they are read next."""
    op.add_column("feed", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("text_hash", sa.String(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("edits", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "shown",
        sa.Column("feed_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_shown_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_shown")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("replaced_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_revision_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_revision_entry_id_number")),
    )
    op.create_table(
        "feed_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_alarm_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_alarm")),
    )
    op.create_index("ix_feed_alarm_feed_id_kind_at", "feed_alarm", ["feed_id", "kind", "at"])
    untold = sa.text("told_at IS NULL")
    op.create_index(
        "ix_feed_alarm_untold", "feed_alarm", ["id"], sqlite_where=untold, postgresql_where=untold
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("feed_alarm")
    op.drop_table("revision")
    op.drop_table("shown")
    for table, column in (("entry", "edits"), ("entry", "text_hash"), ("feed", "kind")):
        op.drop_column(table, column)
