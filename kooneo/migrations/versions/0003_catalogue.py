"""What is sold can be archived, contents removed, and rules changed for later ends only"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table, column in (("products", "archived_at"), ("offers", "archived_at"), ("contents", "removed_at")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, _MOMENT, nullable=True))
    op.create_table(
        "earlier_access_rules",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("ended_until", _MOMENT, nullable=False),
        sa.Column(
            "access_after_completion",
            sa.Enum("closed", "open", name="accessaftercompletion", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "access_after_cancellation",
            sa.Enum("closed", "until_paid", "unlocked", name="accessaftercancellation", native_enum=False, length=30),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_earlier_access_rules_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "ended_until", name=op.f("pk_earlier_access_rules")),
    )


def downgrade() -> None:
    op.drop_table("earlier_access_rules")
    for table, column in (("contents", "removed_at"), ("offers", "archived_at"), ("products", "archived_at")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
