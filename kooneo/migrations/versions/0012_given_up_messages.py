"""Messages that could not be delivered are for the team to settle."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_UNDELIVERED = sa.text("sent_at IS NULL AND given_up_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("outbox_messages") as table:
        table.add_column(sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_messages_undelivered",
        "outbox_messages",
        ["merchant_id", "written_at"],
        sqlite_where=_UNDELIVERED,
        postgresql_where=_UNDELIVERED,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_undelivered", table_name="outbox_messages")
    with op.batch_alter_table("outbox_messages") as table:
        table.drop_column("given_up_at")
