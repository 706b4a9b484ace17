"""who named a feed; the pages of entries whose feeds give only a teaser

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. The feeds that are there came from the catalogue."""
    op.add_column("feed", sa.Column("origin", sa.String(), nullable=False, server_default="catalogue"))
    op.create_table(
        "page",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_page_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_page"),
    )
    where = sa.text("state = 'asked'")
    op.create_index("ix_page_asked", "page", ["lease_until"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_page_asked", table_name="page")
    op.drop_table("page")
    op.drop_column("feed", "origin")
