"""what a content holds"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("contents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("video_url", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("migrations are not undone: restore a backup")
