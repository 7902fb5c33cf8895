"""What customers declare by law, and what they may do alone."""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table('portal_options',
    sa.Column('merchant_id', sa.Uuid(), nullable=False),
    sa.Column('self_cancellation', sa.Boolean(), nullable=False),
    sa.Column('ask_motive', sa.Boolean(), nullable=False),
    sa.Column('message', sa.String(length=500), nullable=False),
    sa.Column('during_commitment', sa.Enum('allowed', 'at_its_end', 'as_request', name='duringcommitment', native_enum=False, length=30), nullable=False),
    sa.Column('instalments', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_portal_options_merchant_id')),
    sa.PrimaryKeyConstraint('merchant_id', name=op.f('pk_portal_options'))
    )
    op.create_table('consents',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('merchant_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_consents_merchant_id')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], name=op.f('fk_consents_subscription_id')),
    sa.PrimaryKeyConstraint('subscription_id', name=op.f('pk_consents'))
    )
    op.create_table('legal_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('termination', 'withdrawal', name='requestkind', native_enum=False, length=30), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('name', sa.String(length=140), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('contract', sa.String(length=120), nullable=False),
    sa.Column('wished_on', sa.Date(), nullable=True),
    sa.Column('motive', sa.String(length=128), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('subscription_id', sa.Uuid(), nullable=True),
    sa.Column('token_digest', sa.String(length=64), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.String(length=120), nullable=False),
    sa.Column('merchant_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_legal_requests_customer_id')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_legal_requests_merchant_id')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], name=op.f('fk_legal_requests_subscription_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_requests')),
    sa.UniqueConstraint('merchant_id', 'key', name=op.f('uq_legal_requests_merchant_id_key')),
    sa.UniqueConstraint('merchant_id', 'reference', name=op.f('uq_legal_requests_merchant_id_reference')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_legal_requests_token_digest'))
    )
    with op.batch_alter_table('legal_requests', schema=None) as batch_op:
        batch_op.create_index('ix_legal_requests_address_received_at', ['address', 'received_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_legal_requests_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index('ix_legal_requests_open', ['merchant_id', 'received_at'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))
        batch_op.create_index('ix_legal_requests_subscription_id', ['subscription_id'], unique=False)

    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.drop_column('withdrawn_at')

    with op.batch_alter_table('legal_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_legal_requests_subscription_id')
        batch_op.drop_index('ix_legal_requests_open', sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_legal_requests_customer_id'))
        batch_op.drop_index('ix_legal_requests_address_received_at')

    op.drop_table('legal_requests')
    op.drop_table('consents')
    op.drop_table('portal_options')
