"""Pauses, and what the last verification said"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("resume_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("check_problem", sa.String(length=60), nullable=True))
    with op.batch_alter_table("status_changes") as table:
        table.add_column(sa.Column("resume_on", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore a backup")
