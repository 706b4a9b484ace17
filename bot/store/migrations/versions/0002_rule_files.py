"""last good rule files, the books in force, explanations of matches

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rule_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_file")),
        sa.UniqueConstraint("path", name=op.f("uq_rule_file_path")),
    )
    op.create_table(
        "rule_book",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_rule_book")),
    )
    op.create_table(
        "rule_news",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_rule_news")),
    )
    # matches that stand already were stored without an explanation
    op.add_column("match", sa.Column("explanation", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Undo."""
    op.drop_column("match", "explanation")
    op.drop_table("rule_news")
    op.drop_table("rule_book")
    op.drop_table("rule_file")
