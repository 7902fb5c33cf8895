"""What PayPal would answer about the seeded subscriptions is what Kooneo says of them."""

from collections.abc import Iterator

import pytest
from paypal_simulator.server import running_simulator
from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from kooneo.accounts.models import Merchant
from kooneo.billing.models import Payment, PaymentState
from kooneo.clock import now
from kooneo.demo.catalogue import ATELIER_LUMIERE, MERCHANTS
from kooneo.demo.customers import REFUSED_BY_PAYPAL
from kooneo.demo.rows import identify
from kooneo.extensions import db
from kooneo.paypal import Credentials, Environment, RemoteStatus, TransactionStatus, close_gateways, open_gateway
from kooneo.paypal.gateway import Gateway as PayPal
from kooneo.subscriptions.effects import learn, status_in_force
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, Subscription

from .conftest import World

_EXPECTED_END = {
    SubscriptionStatus.COMPLETED: {RemoteStatus.EXPIRED, RemoteStatus.CANCELLED},
    SubscriptionStatus.CANCELLED: {RemoteStatus.CANCELLED},
    SubscriptionStatus.ABANDONED: {RemoteStatus.CANCELLED},
}


@pytest.fixture(scope="module")
def gateways(world: World) -> Iterator[dict[str, PayPal]]:
    with running_simulator(world.instance / "simulator.sqlite3") as url:
        yield {
            merchant.slug: open_gateway(
                Credentials(merchant.client_id, merchant.client_secret, Environment.SANDBOX), url=url
            )
            for merchant in MERCHANTS
        }
        close_gateways()


def _subscriptions() -> Iterator[tuple[Subscription, str]]:
    slugs = [merchant.slug for merchant in MERCHANTS]
    query = select(Subscription, Merchant.slug).join(Merchant, Merchant.id == Subscription.merchant_id)
    query = query.where(Merchant.slug.in_(slugs), Subscription.paypal_id.is_not(None))
    former = Subscription.customer_id == identify(ATELIER_LUMIERE.slug, REFUSED_BY_PAYPAL.person.email)
    query = query.where(~(former & Subscription.ended_at.is_(None)))
    yield from db.session.execute(query.options(selectinload(Subscription.changes)))


def test_paypal_agrees_with_every_status_and_fact(gateways: dict[str, PayPal]) -> None:
    for subscription, slug in list(_subscriptions()):
        remote = gateways[slug].get_subscription(subscription.paypal_id or "")
        if subscription.status.ended:
            assert remote.status in _EXPECTED_END[subscription.status]
            by_term = subscription.changes[0].actor_kind == ActorKind.KOONEO
            assert (remote.status == RemoteStatus.EXPIRED) == by_term
        else:
            assert status_in_force(remote) == subscription.status
        learn(subscription, remote, at=subscription.checked_at or subscription.started_at)
        changed = {a.key: a.history for a in inspect(subscription).attrs if a.history.has_changes()}
        assert not changed, (subscription.status, changed)
    db.session.rollback()


def test_paypal_knows_the_same_payments(gateways: dict[str, PayPal]) -> None:
    states = {PaymentState.COMPLETED: TransactionStatus.COMPLETED, PaymentState.FAILED: TransactionStatus.DECLINED}
    for subscription, slug in list(_subscriptions())[::9]:
        payments = db.session.scalars(select(Payment).filter_by(subscription_id=subscription.id)).all()
        found = gateways[slug].list_transactions(subscription.paypal_id or "", subscription.started_at, now())
        assert {(one.transaction_id, one.status, one.amount, one.at) for one in found} == {
            (one.paypal_transaction_id, states[one.state], one.amount, one.at) for one in payments
        }
