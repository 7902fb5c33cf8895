"""A refund that was sent and never answered, and that a notification tells of: it is made, and not to be made again."""

import pytest
from support import paypal
from support.acting import journal_of, rewrite
from support.browser import signed_in
from support.builders import a_member, a_subscription, merchant_of
from support.refunds import ask_refund, attempt, taken, try_until_settled
from support.running import fresh
from support.webhooks import an_event_about, attempt_to_process

from kooneo.billing.models import Payment
from kooneo.billing.refunds import RefundRequest
from kooneo.clock import now
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.webhooks.models import EventState

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def subscription() -> Subscription:
    return a_subscription()


@pytest.fixture
def payment(subscription: Subscription) -> Payment:
    return taken(subscription)


@pytest.fixture
def unanswered(payment: Payment) -> RefundRequest:
    """PayPal makes it, and never says so."""
    paypal.fails(payment.paypal_transaction_id or "", "refund", "500_applied", times=0)
    refund = attempt(ask_refund(payment, 1000, key="k"))
    assert refund.state == ChangeState.UNKNOWN
    return refund


def _told(subscription: Subscription, payment: Payment, minor: int) -> None:
    what = {"sale_id": payment.paypal_transaction_id, "paypal_id": None, "refund_id": "R-TOLD", "created_at": now()}
    what |= {"refunded_minor": minor, "refunded_currency": "EUR"}
    event = attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.REFUNDED", **what))
    assert event.state == EventState.DONE


@pytest.mark.parametrize("told_first", [True, False])
def test_it_is_made_and_nothing_is_left_to_do(
    subscription: Subscription, payment: Payment, unanswered: RefundRequest, told_first: bool
) -> None:
    if told_first:
        _told(subscription, payment, 1000)
    refund = try_until_settled(unanswered)
    if not told_first:
        assert refund.state == ChangeState.NEEDS_ATTENTION
        _told(subscription, payment, 1000)
    refund = fresh(refund)
    assert (refund.state, refund.paypal_refund_id, refund.problem) == (ChangeState.DONE, "R-TOLD", None)
    assert fresh(payment).refunded_minor == 1000
    assert [event for event, *_ in journal_of(subscription)].count("payment.refunded") == 1
    office = signed_in(a_member(merchant_of(subscription)))
    assert office.open("/attention").find_all("article", cls="attention") == []


def test_it_belongs_to_the_request_that_is_under_way(
    subscription: Subscription, payment: Payment, unanswered: RefundRequest
) -> None:
    """The first one was never made, whatever it was; the team asks again."""
    first = try_until_settled(unanswered)
    second = ask_refund(payment, 1000, key="again")
    rewrite(second, sent_at=now())
    _told(subscription, payment, 1000)
    assert (fresh(first).state, fresh(first).paypal_refund_id) == (ChangeState.NEEDS_ATTENTION, None)
    assert fresh(second).paypal_refund_id == "R-TOLD"


def test_another_amount_is_another_refund(
    subscription: Subscription, payment: Payment, unanswered: RefundRequest
) -> None:
    refund = try_until_settled(unanswered)
    _told(subscription, payment, 900)
    assert (fresh(refund).state, fresh(refund).paypal_refund_id) == (ChangeState.NEEDS_ATTENTION, None)
