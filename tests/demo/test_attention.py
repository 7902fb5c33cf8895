"""What waits for a person in the demo, before the worker has run and once it has."""

from dataclasses import replace
from typing import Any

import pytest
from paypal_simulator.server import running_simulator
from sqlalchemy import select
from support.running import running_app

from kooneo.attention import queries
from kooneo.clock import local_date, now
from kooneo.demo.catalogue import ATELIER_LUMIERE
from kooneo.demo.rows import identify
from kooneo.extensions import db
from kooneo.legal.models import RequestKind
from kooneo.legal.services.carry_out import carry_out_due
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.settle import settle

from .conftest import World

pytestmark = pytest.mark.usefixtures("world")

ATELIER = identify(ATELIER_LUMIERE.slug)


def waiting() -> dict[str, list[Any]]:
    return {group.title: list(group.matters) for group in queries.groups(ATELIER, may_end_alone=True)}


def test_the_customers_requests_and_a_payment_after_the_end_wait_from_the_start() -> None:
    found = waiting()
    assert queries.count(ATELIER) == sum(len(matters) for matters in found.values())
    declared = {each.request.kind: each for each in found["Demandes de vos clients"]}
    termination, withdrawal = declared[RequestKind.TERMINATION], declared[RequestKind.WITHDRAWAL]
    assert termination.request.verified_at
    assert termination.request.wished_on < local_date(termination.due_at, "Europe/Paris")
    assert termination.due_at > now()
    assert withdrawal.refund
    assert withdrawal.payments
    [late] = found["Prélevé après la fin"]
    assert late.payment.refundable


def test_nobody_with_just_one_subscription_has_anything_the_matter() -> None:
    for subscription_id in (
        *db.session.scalars(select(StatusChange.subscription_id).where(StatusChange.state != ChangeState.DONE)),
        *(each.request.subscription_id for each in waiting()["Demandes de vos clients"]),
    ):
        subscription = db.session.get_one(Subscription, subscription_id)
        others = select(Subscription).filter_by(customer_id=subscription.customer_id)
        assert len(db.session.scalars(others).all()) == 2
        assert subscription.gateway == Gateway.PAYPAL


def test_the_worker_makes_the_rest_of_it(world: World) -> None:
    with (
        running_simulator(world.instance / "simulator.sqlite3") as url,
        running_app(replace(world.app.config["SETTINGS"], paypal_url=url)) as app,
        app.app_context(),
    ):
        for change in db.session.scalars(select(StatusChange).where(StatusChange.state == ChangeState.OPEN)).all():
            settle(str(change.id))
        carry_out_due()
        found = waiting()
        [refused] = found["PayPal a refusé, ou ne répond plus"]
        assert refused.change.problem == Problem.NOT_FOUND
        assert refused.may_end_alone
        withdrawal = next(each for each in found["Demandes de vos clients"] if each.refund)
        assert withdrawal.request.subscription.status == SubscriptionStatus.CANCELLED
        assert queries.count(ATELIER) == 4
