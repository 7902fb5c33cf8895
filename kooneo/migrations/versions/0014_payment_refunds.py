"""What was given back of a payment: refund by refund, and no state beside the amount."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "payment_refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("paypal_refund_id", sa.String(length=50), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_payment_refunds_merchant_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refunds")),
        sa.UniqueConstraint(
            "merchant_id",
            "payment_id",
            "paypal_refund_id",
            name=op.f("uq_payment_refunds_merchant_id_payment_id_paypal_refund_id"),
        ),
    )
    op.execute(
        "INSERT INTO payment_refunds (id, merchant_id, payment_id, paypal_refund_id, amount_minor)"
        " SELECT id, merchant_id, payment_id, paypal_refund_id, amount_minor FROM refund_requests"
        " WHERE paypal_refund_id IS NOT NULL"
    )
    _retype_refunded(nullable=True)
    op.execute(
        "UPDATE payments SET refunded_minor = NULL WHERE state = 'partially_refunded' AND refunded_minor = 0"
    )
    op.execute("UPDATE payments SET refunded_minor = amount_minor WHERE state = 'refunded'")
    op.execute("UPDATE payments SET state = 'completed' WHERE state IN ('partially_refunded', 'refunded')")


def downgrade() -> None:
    op.execute("UPDATE payments SET state = 'partially_refunded', refunded_minor = 0 WHERE refunded_minor IS NULL")
    _retype_refunded(nullable=False)
    op.drop_table("payment_refunds")


def _retype_refunded(*, nullable: bool) -> None:
    """By a new column: SQLite would make the table anew, and cannot drop one to which others refer."""
    column = sa.Column("refunded_anew", sa.Integer(), nullable=nullable, server_default=None if nullable else "0")
    op.add_column("payments", column)
    op.execute("UPDATE payments SET refunded_anew = refunded_minor")
    op.drop_column("payments", "refunded_minor")
    op.execute("ALTER TABLE payments RENAME COLUMN refunded_anew TO refunded_minor")
