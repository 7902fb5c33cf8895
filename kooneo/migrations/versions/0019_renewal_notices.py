"""Notices before a tacit renewal."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    unsettled = sa.text("sent_at IS NULL AND missed_at IS NULL")
    op.create_table(
        "renewal_notices",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_renewal_notices_merchant_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_renewal_notices_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_notices")),
        sa.UniqueConstraint("subscription_id", "renews_on", name=op.f("uq_renewal_notices_subscription_id_renews_on")),
    )
    op.create_index("ix_renewal_notices_merchant_id", "renewal_notices", ["merchant_id"])
    op.create_index(
        "ix_renewal_notices_unsettled",
        "renewal_notices",
        ["opens_on"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )


def downgrade() -> None:
    op.drop_table("renewal_notices")
