"""taking over what lives at PayPal"""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"

_ENUM = sa.String(length=30)
_UNFINISHED = sa.text("state IN ('reading', 'ready', 'running')")


def upgrade() -> None:
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rules_to_review", sa.Boolean(), nullable=False, server_default=sa.false()))

    op.create_table(
        "takeovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("found_by", _ENUM, nullable=False),
        sa.Column("state", _ENUM, nullable=False),
        sa.Column("stopped_in", _ENUM, nullable=True),
        sa.Column("client_id", sa.String(length=120), nullable=False),
        sa.Column("environment", _ENUM, nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("member_name", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_page", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=True),
        sa.Column("doubles", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", _ENUM, nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_takeovers_merchant_id_merchants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeovers")),
    )
    with op.batch_alter_table("takeovers", schema=None) as batch_op:
        batch_op.create_index("ix_takeovers_merchant_id_started_at", ["merchant_id", "started_at"], unique=False)
        batch_op.create_index(
            "uq_takeovers_one_unfinished",
            ["merchant_id"],
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        )

    op.create_table(
        "takeover_plans",
        sa.Column("takeover_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.String(length=50), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("product_id", sa.String(length=50), nullable=False),
        sa.Column("product_title", sa.String(length=120), nullable=False),
        sa.Column("product_description", sa.String(length=500), nullable=False),
        sa.Column("sold", sa.Boolean(), nullable=False),
        sa.Column("reason", _ENUM, nullable=True),
        sa.Column("price_minor", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("interval", _ENUM, nullable=True),
        sa.Column("interval_count", sa.Integer(), nullable=False),
        sa.Column("total_cycles", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["takeover_id"], ["takeovers.id"], name=op.f("fk_takeover_plans_takeover_id_takeovers")),
        sa.PrimaryKeyConstraint("takeover_id", "plan_id", name=op.f("pk_takeover_plans")),
    )
    op.create_table(
        "takeover_items",
        sa.Column("takeover_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paypal_id", sa.String(length=50), nullable=False),
        sa.Column("state", _ENUM, nullable=False),
        sa.Column("reason", _ENUM, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("remote_status", sa.String(length=30), nullable=True),
        sa.Column("becomes", _ENUM, nullable=True),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("plan_id", sa.String(length=50), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=290), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_takeover_items_subscription_id_subscriptions")
        ),
        sa.ForeignKeyConstraint(["takeover_id"], ["takeovers.id"], name=op.f("fk_takeover_items_takeover_id_takeovers")),
        sa.PrimaryKeyConstraint("takeover_id", "position", name=op.f("pk_takeover_items")),
        sa.UniqueConstraint("takeover_id", "paypal_id", name=op.f("uq_takeover_items_takeover_id_paypal_id")),
    )
    with op.batch_alter_table("takeover_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_takeover_items_takeover_id_state", ["takeover_id", "state", "attempts", "position"], unique=False
        )
