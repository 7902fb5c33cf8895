"""Changes that the team gives up, and ends that PayPal has not confirmed."""

import sqlalchemy as sa
from alembic import op



revision = "0005"
down_revision = "0004"

_UNRESOLVED = sa.text("state IN ('refused', 'needs_attention') AND given_up_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("status_changes") as table:
        table.add_column(sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_status_changes_unresolved",
        "status_changes",
        ["merchant_id", "settled_at"],
        sqlite_where=_UNRESOLVED,
        postgresql_where=_UNRESOLVED,
    )
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_subscriptions_check_problem",
        "subscriptions",
        ["merchant_id"],
        sqlite_where=sa.text("check_problem IS NOT NULL"),
        postgresql_where=sa.text("check_problem IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_subscriptions_check_problem", "subscriptions")
    with op.batch_alter_table("subscriptions") as table:
        table.drop_column("unconfirmed")
    op.drop_index("ix_status_changes_unresolved", "status_changes")
    with op.batch_alter_table("status_changes") as table:
        table.drop_column("unconfirmed")
        table.drop_column("given_up_at")
