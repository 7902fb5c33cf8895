"""A proposal may be of another offer than the customer had."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_TABLES = ("winback_steps", "winback_messages")


def upgrade() -> None:
    for name in _TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("offer_id", sa.Uuid(), nullable=True))
            table.create_foreign_key(op.f(f"fk_{name}_offer_id"), "offers", ["offer_id"], ["id"])


def downgrade() -> None:
    for name in _TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"fk_{name}_offer_id"), type_="foreignkey")
            table.drop_column("offer_id")
