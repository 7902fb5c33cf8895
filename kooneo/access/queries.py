"""Facts for the access decisions, read in a fixed number of queries."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from kooneo.access.decisions import ContentFacts, GrantFacts, ProductFacts, SubscriptionFacts
from kooneo.access.models import AccessGrant
from kooneo.catalog.models import AccessRules, Product
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription

COMPLETE = (joinedload(AccessGrant.content), joinedload(AccessGrant.product).selectinload(Product.contents))
"""What a grant opens."""


def subscription_facts(subscription: Subscription) -> SubscriptionFacts:
    """`subscription.offer.products` and their contents must be loaded."""
    return SubscriptionFacts(
        id=subscription.id,
        title=subscription.offer.title,
        status=subscription.status,
        started_at=subscription.started_at,
        products=tuple(
            product_facts(product, rules_for(product, subscription)) for product in subscription.offer.products
        ),
        paid_until=subscription.paid_until,
        ended_at=subscription.ended_at,
        open_at_end=subscription.open_at_end,
        withdrawn_at=subscription.withdrawn_at,
        head_start_days=subscription.head_start_days,
    )


def rules_for(product: Product, subscription: Subscription) -> AccessRules:
    """What has ended may keep the rules that it ended under."""
    return product.rules_after(subscription.ended_at) if subscription.status.ended else product.rules


def product_facts(product: Product, rules: AccessRules | None = None) -> ProductFacts:
    """With the rules of today, or with these."""
    rules = rules or product.rules
    return ProductFacts(
        id=product.id,
        title=product.title,
        after_completion=rules.after_completion,
        after_cancellation=rules.after_cancellation,
        contents=tuple(ContentFacts(c.id, c.title, c.unlock_after_days) for c in product.contents),
    )


def grant_facts(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> list[GrantFacts]:
    return [facts_of(grant) for grant in grants_of(merchant_id, customer_id)]


def grants_of(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> Sequence[AccessGrant]:
    """The withdrawn ones too: they say why something is closed."""
    query = select(AccessGrant).filter_by(merchant_id=merchant_id, customer_id=customer_id).options(*COMPLETE)
    return db.session.scalars(query.order_by(AccessGrant.granted_at, AccessGrant.id)).all()


def facts_of(grant: AccessGrant) -> GrantFacts:
    return GrantFacts(grant.id, product_facts(grant.product), grant.until, grant.content_id, grant.withdrawn_at)


def catalogue(merchant_id: uuid.UUID) -> Sequence[Product]:
    """Every product with its contents, the archived ones too: somebody may still have them."""
    return db.session.scalars(_with_contents(merchant_id)).all()


def can_be_given(merchant_id: uuid.UUID) -> Sequence[Product]:
    """The products of today, with their contents."""
    return db.session.scalars(_with_contents(merchant_id).where(Product.archived_at.is_(None))).all()


def _with_contents(merchant_id: uuid.UUID) -> Select[Product]:
    query = select(Product).filter_by(merchant_id=merchant_id).options(selectinload(Product.contents))
    return query.order_by(Product.title, Product.id)
