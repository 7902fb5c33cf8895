"""first tables"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    with op.batch_alter_table("login_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_login_attempts_address_at", ["address", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_attempts_at"), ["at"], unique=False)
        batch_op.create_index("ix_login_attempts_email_at", ["email", "at"], unique=False)

    op.create_table(
        "merchants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
        sa.UniqueConstraint("slug", name=op.f("uq_merchants_slug")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.String(length=140), nullable=False),
        sa.Column("family_name", sa.String(length=140), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_key", sa.String(length=900), nullable=False),
        sa.Column(
            "language", sa.Enum("fr", "en", name="customerlanguage", native_enum=False, length=30), nullable=False
        ),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_customers_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("merchant_id", "email", name=op.f("uq_customers_merchant_id_email")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index("ix_customers_list", ["merchant_id", "sort_key", "id"], unique=False)

    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=30), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("before", sa.String(length=60), nullable=True),
        sa.Column("after", sa.String(length=60), nullable=True),
        sa.Column("details_digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_journal_entries_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("merchant_id", "number", name=op.f("uq_journal_entries_merchant_id_number")),
    )
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index("ix_journal_entries_customer_id_number", ["customer_id", "number"], unique=False)

    op.create_table(
        "journal_heads",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_journal_heads_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_journal_heads")),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("for_sale", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paypal_plan_id", sa.String(length=50), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "interval",
            sa.Enum("day", "week", "month", "year", name="interval", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("interval_count", sa.Integer(), nullable=False),
        sa.Column("total_cycles", sa.Integer(), nullable=True),
        sa.Column("commitment_cycles", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_offers_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index("ix_offers_merchant_id_title", ["merchant_id", "title"], unique=False)

    op.create_table(
        "paypal_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=120), nullable=False),
        sa.Column("encrypted_secret", sa.String(length=500), nullable=False),
        sa.Column("secret_ending", sa.String(length=4), nullable=False),
        sa.Column(
            "environment", sa.Enum("sandbox", "live", name="environment", native_enum=False, length=30), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_paypal_accounts_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paypal_accounts")),
        sa.UniqueConstraint("merchant_id", name=op.f("uq_paypal_accounts_merchant_id")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_products_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index("ix_products_merchant_id_title", ["merchant_id", "title"], unique=False)

    op.create_table(
        "team_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role", sa.Enum("owner", "member", "viewer", name="role", native_enum=False, length=30), nullable=False
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_team_members_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
        sa.UniqueConstraint("email", name=op.f("uq_team_members_email")),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_members_merchant_id"), ["merchant_id"], unique=False)

    op.create_table(
        "contents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unlock_after_days", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_contents_merchant_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_contents_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
    )
    with op.batch_alter_table("contents", schema=None) as batch_op:
        batch_op.create_index("ix_contents_merchant_id", ["merchant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contents_product_id"), ["product_id"], unique=False)

    op.create_table(
        "earlier_access_rules",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("ended_until", sa.DateTime(timezone=True), nullable=False),
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
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_earlier_access_rules_product_id")),
        sa.PrimaryKeyConstraint("product_id", "ended_until", name=op.f("pk_earlier_access_rules")),
    )
    op.create_table(
        "journal_details",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name=op.f("fk_journal_details_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journal_details")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("team_member_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_member_id"], ["team_members.id"], name=op.f("fk_login_sessions_team_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_login_sessions_token_digest")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_sessions_team_member_id"), ["team_member_id"], unique=False)

    op.create_table(
        "offer_products",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_offer_products_offer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_offer_products_product_id")),
        sa.PrimaryKeyConstraint("offer_id", "product_id", name=op.f("pk_offer_products")),
    )
    with op.batch_alter_table("offer_products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_products_product_id"), ["product_id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Enum("paypal", "manual", name="gateway", native_enum=False, length=30), nullable=False),
        sa.Column("paypal_id", sa.String(length=50), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "past_due",
                "suspended",
                "completed",
                "cancelled",
                "abandoned",
                name="subscriptionstatus",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("contracted_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_billing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycles_completed", sa.Integer(), nullable=False),
        sa.Column("outstanding_minor", sa.Integer(), nullable=False),
        sa.Column("failed_payments", sa.Integer(), nullable=False),
        sa.Column("last_failed_payment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_payment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column("check_problem", sa.String(length=60), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_at_end", sa.Boolean(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "interval",
            sa.Enum("day", "week", "month", "year", name="interval", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("interval_count", sa.Integer(), nullable=False),
        sa.Column("total_cycles", sa.Integer(), nullable=True),
        sa.Column("commitment_cycles", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_subscriptions_customer_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_subscriptions_merchant_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_subscriptions_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("merchant_id", "paypal_id", name=op.f("uq_subscriptions_merchant_id_paypal_id")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_subscriptions_customer_id_status", ["customer_id", "status"], unique=False)
        batch_op.create_index("ix_subscriptions_merchant_id_status", ["merchant_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_subscriptions_offer_id"), ["offer_id"], unique=False)

    op.create_table(
        "access_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=120), nullable=False),
        sa.Column("withdrawal_reason", sa.String(length=128), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_access_grants_content_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_access_grants_customer_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_access_grants_merchant_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_access_grants_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grants")),
        sa.UniqueConstraint("merchant_id", "key", name=op.f("uq_access_grants_merchant_id_key")),
    )
    with op.batch_alter_table("access_grants", schema=None) as batch_op:
        batch_op.create_index("ix_access_grants_merchant_id_customer_id", ["merchant_id", "customer_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("paypal_transaction_id", sa.String(length=50), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state", sa.Enum("completed", "failed", name="paymentstate", native_enum=False, length=30), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_payments_merchant_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_payments_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint(
            "merchant_id", "paypal_transaction_id", name=op.f("uq_payments_merchant_id_paypal_transaction_id")
        ),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index("ix_payments_customer_id", ["customer_id"], unique=False)
        batch_op.create_index("ix_payments_subscription_id_at", ["subscription_id", "at"], unique=False)

    op.create_table(
        "status_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "reactivate",
                "reopen",
                "pause",
                "complete",
                "abandon",
                "cancel",
                "correct",
                name="action",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_status",
            sa.Enum(
                "pending",
                "active",
                "past_due",
                "suspended",
                "completed",
                "cancelled",
                "abandoned",
                name="subscriptionstatus",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "wished_status",
            sa.Enum(
                "pending",
                "active",
                "past_due",
                "suspended",
                "completed",
                "cancelled",
                "abandoned",
                name="subscriptionstatus",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "pending",
                "active",
                "past_due",
                "suspended",
                "completed",
                "cancelled",
                "abandoned",
                name="subscriptionstatus",
                native_enum=False,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column(
            "actor_kind",
            sa.Enum("member", "customer", "paypal", "kooneo", name="actorkind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=False),
        sa.Column("resume_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "unknown",
                "done",
                "refused",
                "needs_attention",
                name="changestate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_version", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(length=120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("problem_detail", sa.String(length=100), nullable=True),
        sa.Column("already_done", sa.Boolean(), nullable=False),
        sa.Column("paypal_status", sa.String(length=30), nullable=True),
        sa.Column("paypal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("debug_id", sa.String(length=60), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.id"], name=op.f("fk_status_changes_merchant_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_status_changes_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
        sa.UniqueConstraint("merchant_id", "key", name=op.f("uq_status_changes_merchant_id_key")),
    )
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_status_changes_subscription_id_requested_at", ["subscription_id", "requested_at"], unique=False
        )
        batch_op.create_index(
            "ix_status_changes_unsettled",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('open', 'unknown')"),
            postgresql_where=sa.text("state IN ('open', 'unknown')"),
        )
        batch_op.create_index(
            "uq_status_changes_one_unsettled",
            ["subscription_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'unknown')"),
            postgresql_where=sa.text("state IN ('open', 'unknown')"),
        )

    _make_journal_append_only()


def _make_journal_append_only() -> None:
    """A line is never changed and never taken away: the database itself refuses it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"""
        )
        op.execute(
            """CREATE TRIGGER journal_entries_append_only BEFORE UPDATE OR DELETE ON journal_entries
            FOR EACH ROW EXECUTE FUNCTION refuse_journal_change()"""
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"""CREATE TRIGGER journal_entries_no_{verb.lower()} BEFORE {verb} ON journal_entries
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
        )


def downgrade() -> None:
    raise NotImplementedError("the first migration is not undone: restore a backup")
