"""An offer has an address for its order page; what is ordered there; and the plans that PayPal keeps for what is sold."""

import re
import secrets
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_UNSETTLED = sa.text("state IN ('open', 'awaiting')")


def upgrade() -> None:
    op.add_column("offers", sa.Column("slug", sa.String(length=80), nullable=True))
    _give_slugs()
    with op.batch_alter_table("offers") as offers:
        offers.alter_column("slug", existing_type=sa.String(length=80), nullable=False)
        offers.create_unique_constraint(op.f("uq_offers_merchant_id_slug"), ["merchant_id", "slug"])
    _create_orders()
    _create_plans()


def _give_slugs() -> None:
    offers = sa.table("offers", sa.column("id", sa.Uuid()), sa.column("title", sa.String()), sa.column("slug", sa.String()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(offers.c.id, offers.c.title)).all():
        plain = unicodedata.normalize("NFKD", row.title).encode("ascii", "ignore").decode().lower()
        words = "-".join(re.findall("[a-z0-9]+", plain))[:72].strip("-") or "offre"
        slug = f"{words}-{secrets.token_hex(3)}"
        connection.execute(offers.update().where(offers.c.id == row.id).values(slug=slug))


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("given_name", sa.String(length=140), nullable=False),
        sa.Column("family_name", sa.String(length=140), nullable=False),
        sa.Column("consent", sa.String(length=1000), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("interval", sa.String(length=30), nullable=False),
        sa.Column("interval_count", sa.Integer(), nullable=False),
        sa.Column("total_cycles", sa.Integer(), nullable=True),
        sa.Column("commitment_cycles", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("account_version", sa.Integer(), nullable=False),
        sa.Column("approve_url", sa.String(length=4000), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("debug_id", sa.String(length=60), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(length=120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_orders_merchant_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_orders_offer_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_orders_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("merchant_id", "key", name=op.f("uq_orders_merchant_id_key")),
    )
    op.create_index(op.f("ix_orders_offer_id"), "orders", ["offer_id"])
    op.create_index("ix_orders_address_placed_at", "orders", ["address", "placed_at"])
    op.create_index("ix_orders_subscription_id", "orders", ["subscription_id"])
    op.create_index(
        "ix_orders_unsettled",
        "orders",
        ["next_attempt_at"],
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )


def _create_plans() -> None:
    op.create_table(
        "paypal_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=120), nullable=False),
        sa.Column("environment", sa.String(length=30), nullable=False),
        sa.Column("terms", sa.String(length=80), nullable=False),
        sa.Column("product_id", sa.String(length=50), nullable=True),
        sa.Column("plan_id", sa.String(length=50), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_paypal_plans_merchant_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_paypal_plans_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paypal_plans")),
        sa.UniqueConstraint(
            "offer_id", "client_id", "environment", "terms", name=op.f("uq_paypal_plans_offer_id_client_id_environment_terms")
        ),
    )
    op.create_index("ix_paypal_plans_merchant_id", "paypal_plans", ["merchant_id"])


def downgrade() -> None:
    op.drop_table("paypal_plans")
    op.drop_table("orders")
    with op.batch_alter_table("offers") as offers:
        offers.drop_constraint(op.f("uq_offers_merchant_id_slug"))
        offers.drop_column("slug")
