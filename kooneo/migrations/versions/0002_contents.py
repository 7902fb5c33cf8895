"""what a content holds, the picture of a product, refunds, several grants at once"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_stored_files_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    with op.batch_alter_table("stored_files", schema=None) as batch_op:
        batch_op.create_index("ix_stored_files_merchant_id", ["merchant_id"], unique=False)
        batch_op.create_index("ix_stored_files_created_at", ["created_at"], unique=False)

    with op.batch_alter_table("contents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("video_url", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("file_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_contents_file_id"), "stored_files", ["file_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_contents_file_id"), ["file_id"], unique=False)

    with op.batch_alter_table("products", schema=None) as batch_op:
        for column in ("picture_large_id", "picture_small_id"):
            batch_op.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch_op.create_foreign_key(batch_op.f(f"fk_products_{column}"), "stored_files", [column], ["id"])
            batch_op.create_index(batch_op.f(f"ix_products_{column}"), [column], unique=False)
        batch_op.add_column(sa.Column("picture_alt", sa.String(length=200), nullable=False, server_default=""))

    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refunded_minor", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("access_grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(batch_op.f("uq_access_grants_merchant_id_key"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_access_grants_merchant_id_key_place"), ["merchant_id", "key", "place"]
        )


def downgrade() -> None:
    raise NotImplementedError("migrations are not undone: restore a backup")
