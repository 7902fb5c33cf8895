"""A subscription may take up a cancelled one again."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("subscriptions") as subscriptions:
        subscriptions.add_column(sa.Column("follows_id", sa.Uuid(), nullable=True))
        subscriptions.add_column(sa.Column("head_start_days", sa.Integer(), nullable=False, server_default="0"))
        subscriptions.create_foreign_key(op.f("fk_subscriptions_follows_id"), "subscriptions", ["follows_id"], ["id"])
        subscriptions.create_index(op.f("ix_subscriptions_follows_id"), ["follows_id"])
    with op.batch_alter_table("subscriptions") as subscriptions:
        subscriptions.alter_column("head_start_days", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("follows_id", sa.Uuid(), nullable=True))
        orders.create_foreign_key(op.f("fk_orders_follows_id"), "subscriptions", ["follows_id"], ["id"])
        orders.create_index(op.f("ix_orders_follows_id"), ["follows_id"])


def downgrade() -> None:
    for table, columns in {"orders": ["follows_id"], "subscriptions": ["follows_id", "head_start_days"]}.items():
        with op.batch_alter_table(table) as changed:
            changed.drop_index(op.f(f"ix_{table}_follows_id"))
            changed.drop_constraint(op.f(f"fk_{table}_follows_id"), type_="foreignkey")
            for column in columns:
                changed.drop_column(column)
