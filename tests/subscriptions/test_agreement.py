"""Whatever happens to a subscription at PayPal and here, and whenever a worker dies: after a reconciliation the two agree, and
before it Kooneo never says that something has ended which a change of its own was to end and PayPal still runs."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import paypal
from support.acting import ask, attempt, changes_of, try_until_settled
from support.agreement import AGREEING, FINAL
from support.builders import a_merchant, a_product, a_subscription, an_offer, merchant_of
from support.reconciling import begin, reconciled, step
from support.running import fresh, in_app

from kooneo.paypal import Gateway
from kooneo.subscriptions.lifecycle import NotAllowed
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services import settle as steps
from kooneo.subscriptions.services.request import ChangeInProgress

pytestmark = pytest.mark.usefixtures("app")

_FAILURES = ("500", "500_applied", "503", "reset_before", "reset_after", "truncated", "html", "429")


def _at_paypal(subscription: Subscription, status: str) -> None:
    """On PayPal's own site, where no end is undone."""
    if paypal.status(subscription.paypal_id) not in FINAL:
        paypal.change(subscription.paypal_id, status=status)


def _asked(subscription: Subscription, action: str) -> None:
    try:
        ask(subscription, action)
    except (NotAllowed, ChangeInProgress):
        return


def _fails(subscription: Subscription, kind: str) -> None:
    paypal.fails(subscription.paypal_id, "*", kind, seconds=0)


def _attempted(subscription: Subscription, _choice: str) -> None:
    for change in changes_of(subscription):
        attempt(change)


@in_app
def _dies_in_an_attempt(subscription: Subscription, when: str) -> None:
    """Before PayPal is told, or after it and before that is written down."""
    for change in steps.db.session.scalars(steps.select(steps.StatusChange).filter_by(subscription_id=subscription.id)):
        leased = steps._take(change.id)
        if leased is not None and isinstance(leased.gateway, Gateway) and when == "told":
            steps.carry_out(
                leased.wish,
                leased.gateway,
                leased.paypal_id,
                sent_before=leased.sent_before,
                before_sending=lambda remote, leased=leased: steps._mark_sent(leased, remote),  # type: ignore[misc]
            )
    steps.release_own_leases()


def _reconciliation_begins(subscription: Subscription, _choice: str) -> None:
    step(str(begin(subscription.merchant_id).id))


_EVENTS: list[tuple[Callable[[Subscription, str], None], tuple[str, ...]]] = [
    (_at_paypal, ("ACTIVE", "SUSPENDED", "CANCELLED", "EXPIRED")),
    (_asked, ("cancel", "complete", "abandon", "pause", "reactivate", "stop")),
    (_fails, _FAILURES),
    (_attempted, ("",)),
    (_dies_in_an_attempt, ("before", "told")),
    (_reconciliation_begins, ("",)),
]
_EVENT = st.sampled_from(_EVENTS).flatmap(lambda event: st.tuples(st.just(event[0]), st.sampled_from(event[1])))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=st.lists(_EVENT, min_size=2, max_size=9))
@example(history=[(_at_paypal, "SUSPENDED")])
@example(history=[(_asked, "cancel"), (_dies_in_an_attempt, "told"), (_at_paypal, "EXPIRED")])
def test_after_a_reconciliation_both_say_the_same(
    app: Flask, history: list[tuple[Callable[[Subscription, str], None], str]]
) -> None:
    subscription = a_subscription(offer=an_offer(a_product(a_merchant(f"M{uuid.uuid4().hex[:8]}"))))
    for event, choice in history:
        event(subscription, choice)
        _promise_is_kept(subscription)
    paypal.heals()
    for change in changes_of(subscription):
        try_until_settled(change)
    reconciled(merchant_of(subscription))
    for change in changes_of(subscription):
        try_until_settled(change)
    here, there = fresh(subscription), paypal.status(subscription.paypal_id)
    assert here.status in AGREEING[there], (here.status, there)
    assert here.check_problem is None


def _promise_is_kept(subscription: Subscription) -> None:
    """Never ended here while PayPal would still charge: nothing in these histories ends anything without PayPal."""
    if fresh(subscription).status.ended:
        assert paypal.status(subscription.paypal_id) in FINAL
