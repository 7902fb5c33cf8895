"""Customers are told of payments that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_KNOWN = "last_failed_payment_at IS NOT NULL"
_SUSPENDED = "kind = 'suspended'"


def upgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("next_retry_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("paypal_status_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_subscriptions_last_failed_payment_at",
        "subscriptions",
        ["last_failed_payment_at"],
        sqlite_where=sa.text(_KNOWN),
        postgresql_where=sa.text(_KNOWN),
    )
    op.create_table(
        "dunning_settings",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_dunning_settings_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_dunning_settings")),
    )
    op.create_table(
        "payment_notices",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_payment_notices_merchant_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_payment_notices_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notices")),
        sa.UniqueConstraint(
            "subscription_id", "kind", "failed_at", name=op.f("uq_payment_notices_subscription_id_kind_failed_at")
        ),
    )
    op.create_index("ix_payment_notices_merchant_id", "payment_notices", ["merchant_id"])
    op.create_index(
        "ix_payment_notices_suspended",
        "payment_notices",
        ["subscription_id"],
        sqlite_where=sa.text(_SUSPENDED),
        postgresql_where=sa.text(_SUSPENDED),
    )


def downgrade() -> None:
    op.drop_table("payment_notices")
    op.drop_table("dunning_settings")
    op.drop_index("ix_subscriptions_last_failed_payment_at", "subscriptions")
    with op.batch_alter_table("subscriptions") as table:
        table.drop_column("paypal_status_at")
        table.drop_column("next_retry_at")
