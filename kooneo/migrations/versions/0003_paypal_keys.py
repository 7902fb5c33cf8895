"""keys that can be deleted and tested; first steps"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("paypal_accounts", schema=None) as batch_op:
        batch_op.alter_column("encrypted_secret", existing_type=sa.String(length=500), nullable=True)
        batch_op.add_column(sa.Column("updated_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "test_result",
                sa.Enum("right", "wrong", "undecided", name="trialresult", native_enum=False, length=30),
                nullable=True,
            )
        )
    with op.batch_alter_table("merchants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("postponed_steps", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("deleted keys have no secret to go back to: restore a backup")
