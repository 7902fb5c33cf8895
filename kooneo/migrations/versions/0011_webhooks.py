"""PayPal's notifications"""

from typing import Any

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"

_ENDPOINT_STATES = ("waiting", "registered", "failed")
_EVENT_STATES = ("waiting", "done", "ignored", "failed")


def _lease() -> "list[sa.Column[Any]]":
    return [
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(length=120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
    ]


def _state(name: str, values: tuple[str, ...]) -> "sa.Column[Any]":
    return sa.Column("state", sa.Enum(*values, name=name, native_enum=False, length=30), nullable=False)


def _index_of_waiting(table: str) -> None:
    op.create_index(
        f"ix_{table}_waiting",
        table,
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        _state("endpointstate", _ENDPOINT_STATES),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("webhook_id", sa.String(length=50), nullable=True),
        sa.Column("account_version", sa.Integer(), nullable=True),
        sa.Column("registered_url", sa.String(length=2048), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        *_lease(),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_webhook_endpoints_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("merchant_id", name=op.f("uq_webhook_endpoints_merchant_id")),
        sa.UniqueConstraint("token", name=op.f("uq_webhook_endpoints_token")),
    )
    _index_of_waiting("webhook_endpoints")
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("event_type", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paypal_id", sa.String(length=50), nullable=True),
        sa.Column("sale_id", sa.String(length=50), nullable=True),
        sa.Column("about_money", sa.Boolean(), nullable=False),
        sa.Column("refunded_minor", sa.Integer(), nullable=True),
        sa.Column("refunded_currency", sa.String(length=3), nullable=True),
        _state("eventstate", _EVENT_STATES),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *_lease(),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_webhook_events_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("merchant_id", "event_id", name=op.f("uq_webhook_events_merchant_id_event_id")),
    )
    op.create_index(
        "ix_webhook_events_merchant_id_received_at", "webhook_events", ["merchant_id", "received_at"], unique=False
    )
    _index_of_waiting("webhook_events")


def downgrade() -> None:
    op.drop_table("webhook_events")
    op.drop_table("webhook_endpoints")
