"""indexes for looking back: the matches of a rule, and the entries, since an instant

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_match_rule_matched_at", "match", ["rule", "matched_at"])
    op.drop_index("ix_match_rule", table_name="match")
    op.create_index("ix_entry_seen_at", "entry", ["seen_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_entry_seen_at", table_name="entry")
    op.create_index("ix_match_rule", "match", ["rule"])
    op.drop_index("ix_match_rule_matched_at", table_name="match")
