"""What was given back and is here again, as after a dispute that was won: PayPal's list of payments tells, and lags a little."""

from datetime import timedelta

import pytest
from support import paypal
from support.acting import journal_of
from support.builders import a_subscription, saved
from support.refunds import ask_refund, taken
from support.running import fresh, in_app
from support.webhooks import an_event_about, attempt_to_process

from kooneo.billing.models import Payment, PaymentRefund
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

LONG_AGO = timedelta(days=20)
EVENT = "payment.refund_undone"


def _read_again(subscription: Subscription, payment: Payment) -> tuple[int | None, int]:
    """What was given back of it then, and how often the journal says that it is here again."""
    for _ in range(2):
        attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.COMPLETED"))
    events = [event for event, *_ in journal_of(subscription)]
    return fresh(payment).refunded_minor, events.count(EVENT)


@in_app
def _refunds_written_down(payment: Payment) -> int:
    return db.session.query(PaymentRefund).filter_by(payment_id=payment.id).count()


@pytest.mark.parametrize("minor", [900, 4900, None])
def test_it_counts_again_and_the_journal_says_so_once(minor: int | None) -> None:
    subscription = a_subscription()
    payment = taken(subscription, refunded_minor=minor, refunded_at=now() - LONG_AGO if minor else None)
    scope = {"merchant_id": payment.merchant_id, "payment_id": payment.id}
    saved(PaymentRefund(**scope, paypal_refund_id="R-1", amount_minor=minor or 1))
    assert _read_again(subscription, payment) == (0, 1)
    assert (fresh(payment).refunded_at, _refunds_written_down(payment)) == (None, 0)


def test_of_a_whole_that_is_only_a_part_now_the_share_is_unknown() -> None:
    """The merchant gave 9 euros back, a dispute took the rest, and was won."""
    subscription = a_subscription()
    payment = taken(subscription, refunded_minor=4900, refunded_at=now() - LONG_AGO)
    paypal.refund(subscription.paypal_id or "", amount="9.00")
    assert _read_again(subscription, payment) == (None, 1)


def test_what_was_given_back_just_now_stays_so() -> None:
    subscription = a_subscription()
    payment = taken(subscription, refunded_minor=4900, refunded_at=now() - timedelta(hours=23))
    assert _read_again(subscription, payment) == (4900, 0)


def test_nor_does_it_while_more_is_being_given_back() -> None:
    subscription = a_subscription()
    payment = taken(subscription, refunded_minor=900, refunded_at=now() - LONG_AGO)
    ask_refund(payment, 1000, key="k")
    assert _read_again(subscription, payment) == (900, 0)
