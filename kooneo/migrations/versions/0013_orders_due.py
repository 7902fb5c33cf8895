"""An order that is concluded may still have something to do: its first payment is written down."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_UNSETTLED = sa.text("state IN ('open', 'awaiting')")
_DUE = sa.text("next_attempt_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_orders_unsettled", "orders")
    op.create_index("ix_orders_due", "orders", ["next_attempt_at"], sqlite_where=_DUE, postgresql_where=_DUE)


def downgrade() -> None:
    op.drop_index("ix_orders_due", "orders")
    op.create_index(
        "ix_orders_unsettled", "orders", ["next_attempt_at"], sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    )
