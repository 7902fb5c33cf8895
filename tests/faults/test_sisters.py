"""The faults of the matrix, of the requests that end nothing: a pause, its end, a refund. Whatever happens on the way, PayPal
does it once, and the record says so."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from support import paypal, refunds
from support.acting import (
    ask,
    attempt,
    changes_of,
    ended,
    impatient,
    journal_findings,
    journal_of,
    restart_as_worker,
    try_until_settled,
)
from support.builders import a_subscription
from support.running import fresh, in_app, running_app
from support.together import at_once

from kooneo.billing.services import settle as refunding
from kooneo.billing.services.request import RefundInProgress
from kooneo.paypal import Gateway
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.services import settle as steps
from kooneo.subscriptions.services.request import ChangeInProgress

pytestmark = pytest.mark.usefixtures("app")


@dataclass(frozen=True)
class Request:
    """What is asked for, and what PayPal is told."""

    action: str
    at_paypal: str
    status: str
    remote: str
    tell: Callable[[Gateway, str, str], str | None]

    def subject(self) -> Subscription:
        subscription = a_subscription()
        return subscription if self.action == "pause" else ended(subscription, "pause")[0]

    def calls(self, subscription: Subscription) -> int:
        return len(paypal.calls(subscription.paypal_id or "", self.at_paypal))


PAUSE = Request("pause", "suspend", "suspended", "SUSPENDED", Gateway.suspend)
REACTIVATION = Request("reactivate", "activate", "active", "ACTIVE", Gateway.activate)

both = pytest.mark.parametrize("request_", [PAUSE, REACTIVATION], ids=lambda request: request.action)


def _is_done(request: Request, subscription: Subscription, change: StatusChange, *, calls: int = 1) -> None:
    after = fresh(subscription)
    assert (change.state, change.problem, change.already_done) == (ChangeState.DONE, None, False)
    assert (after.status, after.paused) == (request.status, request is PAUSE)
    assert paypal.status(subscription.paypal_id or "") == request.remote
    assert request.calls(subscription) == calls
    events = [event for event, _before, _after in journal_of(subscription)]
    assert events[-2:] == [f"subscription.{request.action}_requested", f"subscription.{request.status}"]
    assert journal_findings(subscription.merchant_id) == []


@in_app
def _dies(request: Request, change: StatusChange, *, told: bool) -> None:
    """Its steps until PayPal is about to be told, or was; then the process is gone."""
    leased = steps._take(change.id)
    assert leased is not None
    assert isinstance(leased.gateway, Gateway)
    steps._mark_sent(leased, leased.gateway.get_subscription(leased.paypal_id))
    if told:
        request.tell(leased.gateway, leased.paypal_id, "Demande")


@pytest.mark.fault("F1 pause", "F1 reactivation")
@both
def test_the_worker_died_before_paypal_was_told(request_: Request) -> None:
    subscription = request_.subject()
    change = ask(subscription, request_.action)
    _dies(request_, change, told=False)
    restart_as_worker()
    _is_done(request_, subscription, attempt(change))


@pytest.mark.fault("F2 pause", "F2 reactivation")
@both
def test_the_worker_died_between_paypals_answer_and_our_commit(request_: Request) -> None:
    subscription = request_.subject()
    change = ask(subscription, request_.action)
    _dies(request_, change, told=True)
    restart_as_worker()
    _is_done(request_, subscription, attempt(change))


@pytest.mark.fault("F3 pause", "F6 pause", "F16 pause", "F17 pause")
@pytest.mark.fault("F3 reactivation", "F6 reactivation", "F16 reactivation", "F17 reactivation")
@both
@pytest.mark.parametrize("kind", ["timeout_applied", "500_applied", "reset_after", "truncated"])
def test_paypal_did_it_without_saying_so(request_: Request, kind: str) -> None:
    subscription = request_.subject()
    impatient(subscription, kind)
    paypal.fails(subscription.paypal_id, request_.at_paypal, kind, seconds=1)
    _is_done(request_, subscription, attempt(ask(subscription, request_.action)))


@pytest.mark.fault("F4 pause", "F5 pause", "F15 pause", "F17 pause")
@pytest.mark.fault("F4 reactivation", "F5 reactivation", "F15 reactivation", "F17 reactivation")
@both
@pytest.mark.parametrize("kind", ["timeout", "500", "503", "reset_before", "html"])
def test_it_was_not_done_and_is_tried_again(request_: Request, kind: str) -> None:
    subscription = request_.subject()
    impatient(subscription, kind)
    paypal.fails(subscription.paypal_id, request_.at_paypal, kind, seconds=1)
    unsure = attempt(ask(subscription, request_.action))
    assert (unsure.state, fresh(subscription).status) == (ChangeState.UNKNOWN, subscription.status)
    _is_done(request_, subscription, try_until_settled(unsure), calls=2)


@pytest.mark.fault("F14 pause", "F14 reactivation")
@both
def test_a_slow_paypal_is_waited_for(request_: Request) -> None:
    subscription = request_.subject()
    paypal.fails(subscription.paypal_id, "*", "slow", seconds=0.4, times=3)
    _is_done(request_, subscription, attempt(ask(subscription, request_.action)))


UNREACHABLE = pytest.mark.parametrize("address", ["http://paypal.invalid", "https://{simulator}"])


@pytest.mark.fault("F18 pause", "F18 reactivation")
@both
@UNREACHABLE
def test_paypal_can_not_be_reached(request_: Request, address: str, app: Flask, paypal_url: str) -> None:
    """No such host, no TLS there."""
    subscription = request_.subject()
    change = ask(subscription, request_.action)
    with _paypal_at(address, app, paypal_url):
        unsure = attempt(change)
    assert (unsure.state, unsure.problem, unsure.sent_at) == (ChangeState.UNKNOWN, "unreachable", None)
    _is_done(request_, subscription, try_until_settled(unsure))


def _paypal_at(address: str, app: Flask, simulator: str) -> Any:
    url = address.format(simulator=simulator.removeprefix("http://"))
    return running_app(replace(app.config["SETTINGS"], paypal_url=url))


@pytest.mark.fault("F19 pause", "F19 reactivation")
@both
def test_a_double_click_is_one_change(request_: Request) -> None:
    subscription = request_.subject()
    before, key = len(changes_of(subscription)), str(uuid.uuid4())
    first, second = at_once(*[lambda: ask(subscription, request_.action, key=key)] * 2)
    assert first.id == second.id
    assert len(changes_of(subscription)) == before + 1
    at_once(*[lambda: attempt(first)] * 2)
    _is_done(request_, subscription, fresh(first))


@pytest.mark.fault("F20 pause", "F20 reactivation")
@both
def test_two_people_at_once(request_: Request) -> None:
    subscription = request_.subject()
    answers = at_once(*[lambda: ask(subscription, request_.action)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == [ChangeInProgress.__name__, StatusChange.__name__]
    _is_done(request_, subscription, attempt(changes_of(subscription)[-1]))


# Refunds: most of their rows stand in tests/billing/test_refunding.py.


@in_app
def _dies_before_the_refund(refund: refunding.RefundRequest) -> None:
    leased = refunding._take(refund.id)
    assert leased is not None
    refunding._mark_sent(leased)


@pytest.mark.fault("F1 refund")
def test_the_worker_died_before_paypal_was_told_to_refund() -> None:
    subscription = a_subscription()
    payment = refunds.taken(subscription)
    refund = refunds.ask_refund(payment, 1500, key="k")
    _dies_before_the_refund(refund)
    refunds.restart_as_worker()
    assert refunds.attempt(refund).state == ChangeState.DONE
    assert (fresh(payment).refunded_minor, refunds.at_paypal(subscription)) == (1500, "PARTIALLY_REFUNDED")


@pytest.mark.fault("F4 refund", "F14 refund")
@pytest.mark.parametrize(("kind", "seconds"), [("timeout", 1), ("slow", 0.2)])
def test_a_slow_or_silent_paypal_refunds_once(kind: str, seconds: float) -> None:
    subscription = a_subscription()
    payment = refunds.taken(subscription)
    paypal.fails(payment.paypal_transaction_id or "", "refund", kind, seconds=seconds)
    impatient(subscription, kind)
    refund = refunds.try_until_settled(refunds.ask_refund(payment, 1500, key="k"))
    assert refund.state == ChangeState.DONE
    assert (fresh(payment).refunded_minor, refunds.at_paypal(subscription)) == (1500, "PARTIALLY_REFUNDED")


@pytest.mark.fault("F18 refund")
@UNREACHABLE
def test_paypal_can_not_be_reached_for_a_refund(address: str, app: Flask, paypal_url: str) -> None:
    payment = refunds.taken(a_subscription())
    refund = refunds.ask_refund(payment, 1500, key="k")
    with _paypal_at(address, app, paypal_url):
        unsure = refunds.attempt(refund)
    assert (unsure.state, unsure.sent_at) == (ChangeState.UNKNOWN, None)
    assert refunds.try_until_settled(unsure).state == ChangeState.DONE
    assert fresh(payment).refunded_minor == 1500


@pytest.mark.fault("F19 refund", "F20 refund")
def test_two_clicks_refund_once_and_two_people_do_not_both() -> None:
    payment = refunds.taken(a_subscription())
    first, second = at_once(*[lambda: refunds.ask_refund(payment, 1500, key="k")] * 2)
    assert first.id == second.id
    (other,) = at_once(lambda: refunds.ask_refund(payment, 1500, key="of-somebody-else"))
    assert isinstance(other, RefundInProgress)
    at_once(*[lambda: refunds.attempt(first)] * 2)
    assert fresh(payment).refunded_minor == 1500
    assert len(paypal.calls(payment.paypal_transaction_id or "", "refund")) == 1
