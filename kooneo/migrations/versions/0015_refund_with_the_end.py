"""The end of a subscription may give the last payment back; a refund that was not made is for the team to settle."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_REFUND = "fk_status_changes_refund_payment_id"


def upgrade() -> None:
    with op.batch_alter_table("status_changes") as table:
        table.add_column(sa.Column("refund_payment_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f(_REFUND), "payments", ["refund_payment_id"], ["id"])
    with op.batch_alter_table("refund_requests") as table:
        table.add_column(sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("refund_requests") as table:
        table.drop_column("given_up_at")
    with op.batch_alter_table("status_changes") as table:
        table.drop_constraint(op.f(_REFUND), type_="foreignkey")
        table.drop_column("refund_payment_id")
