"""the outbox: replies and edits, a mailbox a chat, the pace of all sends, and what a chat wants when in doubt

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OLD_KEY = ["alert_id", "chat_id", "thread_id", "kind"]
_KEY_NAME = "uq_delivery_alert_id_chat_id_thread_id_kind"


def _partial(name: str, state: str, *columns: str | sa.TextClause) -> None:
    where = sa.text(f"state = '{state}'")
    op.create_index(name, "delivery", list(columns), sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Apply. Mailboxes are made from what waits when the next sender takes over."""
    op.add_column("alert", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("chat", sa.Column("guarantee", sa.String(), nullable=False, server_default="at_least_once"))
    op.drop_column("chat", "quiet_until")
    op.add_column("subscription", sa.Column("paused", sa.String(), nullable=False, server_default=""))
    op.add_column("lease", sa.Column("beat", sa.Integer(), nullable=False, server_default="0"))
    _upgrade_delivery()
    op.create_table(
        "mailbox",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("turn", sa.Float(), nullable=False),
        sa.Column("in_flight", sa.Integer(), nullable=True),
        sa.Column("free_at", UTCDateTime(), nullable=False),
        sa.Column("look_at", UTCDateTime(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_mailbox_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_mailbox")),
    )
    ready = sa.text("rank IS NOT NULL AND in_flight IS NULL")
    op.create_index(
        "ix_mailbox_ready",
        "mailbox",
        [sa.text("rank DESC"), "turn", "chat_id"],
        sqlite_where=ready,
        postgresql_where=ready,
    )
    op.create_table(
        "pace",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )


def _upgrade_delivery() -> None:
    op.drop_index("ix_delivery_ready", table_name="delivery")
    op.drop_index("ix_delivery_in_flight", table_name="delivery")
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("entry_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("if_gone", sa.String(), nullable=False, server_default="nothing"))
        batch.add_column(sa.Column("turn", sa.Float(), nullable=False, server_default="0"))
        batch.create_foreign_key(op.f("fk_delivery_entry_id"), "entry", ["entry_id"], ["id"])
        batch.drop_constraint(_KEY_NAME, type_="unique")
        batch.create_unique_constraint(op.f(f"{_KEY_NAME}_revision"), [*_OLD_KEY, "revision"])
    _partial("ix_delivery_waiting", "pending", "chat_id", sa.text("severity_rank DESC"), "id")
    _partial("ix_delivery_in_flight", "sending", "epoch")
    _partial("ix_delivery_uncertain", "uncertain", "id")
    _partial("ix_delivery_dead", "dead", "id")


def downgrade() -> None:
    """Undo: replies and edits are forgotten, since the schema before knew none."""
    op.drop_table("pace")
    op.drop_table("mailbox")
    for name in ("dead", "uncertain", "in_flight", "waiting"):
        op.drop_index(f"ix_delivery_{name}", table_name="delivery")
    op.execute("DELETE FROM delivery WHERE kind <> 'send'")
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint(f"{_KEY_NAME}_revision", type_="unique")
        batch.create_unique_constraint(op.f(_KEY_NAME), _OLD_KEY)
        batch.drop_constraint("fk_delivery_entry_id", type_="foreignkey")
        for column in ("turn", "if_gone", "entry_id", "revision"):
            batch.drop_column(column)
    _partial("ix_delivery_in_flight", "sending", "chat_id")
    _partial("ix_delivery_ready", "pending", "severity_rank", "id")
    op.drop_column("lease", "beat")
    op.drop_column("subscription", "paused")
    op.add_column("chat", sa.Column("quiet_until", UTCDateTime(), nullable=True))
    op.drop_column("chat", "guarantee")
    op.drop_column("alert", "revision")
