"""Proposals to subscribe again."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("outbox_messages") as table:
        table.add_column(sa.Column("unsubscribe_url", sa.String(length=500), nullable=True))
    op.create_table(
        "winback_settings",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("abandon_unanswered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_winback_settings_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_winback_settings")),
    )
    op.create_table(
        "winback_steps",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_winback_steps_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", "step", name=op.f("pk_winback_steps")),
    )
    op.create_table(
        "unproposed_products",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_unproposed_products_merchant_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_unproposed_products_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_unproposed_products")),
    )
    op.create_index("ix_unproposed_products_merchant_id", "unproposed_products", ["merchant_id"])
    op.create_table(
        "winback_messages",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=30), nullable=True),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_winback_messages_merchant_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_winback_messages_subscription_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_winback_messages_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_winback_messages")),
        sa.UniqueConstraint("subscription_id", "step", name=op.f("uq_winback_messages_subscription_id_step")),
        sa.UniqueConstraint("customer_id", "proposed_on", name=op.f("uq_winback_messages_customer_id_proposed_on")),
    )
    op.create_index("ix_winback_messages_merchant_id_step", "winback_messages", ["merchant_id", "step"])
    op.create_table(
        "winback_opt_outs",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_winback_opt_outs_merchant_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_winback_opt_outs_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_winback_opt_outs")),
    )
    op.create_index("ix_winback_opt_outs_merchant_id", "winback_opt_outs", ["merchant_id"])


def downgrade() -> None:
    for name in ("winback_opt_outs", "winback_messages", "unproposed_products", "winback_steps", "winback_settings"):
        op.drop_table(name)
    with op.batch_alter_table("outbox_messages") as table:
        table.drop_column("unsubscribe_url")
