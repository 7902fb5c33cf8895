"""Access to single contents, withdrawn grants, and what the team keeps about a customer"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("access_grants") as batch_op:
        batch_op.add_column(sa.Column("content_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("withdrawal_reason", sa.String(length=128), nullable=False, server_default=""))
        batch_op.create_foreign_key("fk_access_grants_content_id", "contents", ["content_id"], ["id"])
        batch_op.create_unique_constraint("uq_access_grants_merchant_id_key", ["merchant_id", "key"])
    # Columns only: SQLite would have to make the table anew for anything else, and others point at it.
    with op.batch_alter_table("customers", recreate="never") as batch_op:
        batch_op.add_column(
            sa.Column(
                "language",
                sa.Enum("fr", "en", name="customerlanguage", native_enum=False, length=30),
                nullable=False,
                server_default="fr",
            )
        )
        batch_op.add_column(sa.Column("notes", sa.String(length=2000), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("customers", recreate="never") as batch_op:
        batch_op.drop_column("tags")
        batch_op.drop_column("notes")
        batch_op.drop_column("language")
    with op.batch_alter_table("access_grants") as batch_op:
        batch_op.drop_constraint("uq_access_grants_merchant_id_key", type_="unique")
        batch_op.drop_constraint("fk_access_grants_content_id", type_="foreignkey")
        batch_op.drop_column("withdrawal_reason")
        batch_op.drop_column("withdrawn_by")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("key")
        batch_op.drop_column("content_id")
