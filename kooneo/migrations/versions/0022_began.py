"""A subscription that ended before its customer had agreed has never begun."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_NEVER_AGREED = """
    UPDATE subscriptions SET pending_at_end = true
    WHERE status IN ('completed', 'cancelled', 'abandoned') AND NOT open_at_end
    AND (
        EXISTS (SELECT 1 FROM orders WHERE orders.subscription_id = subscriptions.id AND orders.state = 'lapsed')
        OR EXISTS (
            SELECT 1 FROM status_changes WHERE status_changes.subscription_id = subscriptions.id
            AND status_changes.from_status = 'pending' AND status_changes.state = 'done'
        )
    )
"""
"""Of an end by PayPal the order tells, of one that was asked for here the change."""


def upgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("pending_at_end", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(_NEVER_AGREED)


def downgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.drop_column("pending_at_end")
