"""F22 to F29 of the matrix of faults: notifications too early, too often, out of order, forged, replayed, misdirected, lost, and
not to be verified. In the end the record says what PayPal does, with one line in the journal and at most one message of a kind."""

from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from paypal.server import Answer, PayPalServer
from support import paypal
from support.acting import ask, changes_of, journal_of, later, verified
from support.acting import attempt as attempt_change
from support.acting import try_until_settled as try_change_until_settled
from support.builders import a_member, a_merchant, a_subscription, client_id_of, merchant_of
from support.mail import outbox
from support.reconciling import reconciled
from support.refunds import ask_refund, catch_up_with_payments, number_of_readings, payments_of, try_until_settled
from support.refunds import attempt as attempt_refund
from support.running import fresh
from support.webhooks import (
    Notary,
    an_endpoint,
    an_event,
    arrived,
    attempt_to_process,
    events_of,
    post,
)
from support.worker import wait_until

from kooneo.billing.models import PaymentState
from kooneo.clock import now
from kooneo.mail.models import MailKind
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.webhooks.models import EventState

from .conftest import CERTIFICATE

pytestmark = pytest.mark.usefixtures("app")


def _delivered(subscription: Subscription) -> None:
    """Nothing is on its way any more."""
    client_id = client_id_of(merchant_of(subscription))
    still = {"waiting", "held"}
    wait_until(lambda: not still & {one["state"] for one in paypal.notifications(client_id)}, "every notification")


def _processed(subscription: Subscription) -> None:
    for event in events_of(subscription):
        attempt_to_process(event)


def _kinds(subscription: Subscription) -> list[MailKind]:
    return [message.kind for message in outbox(merchant_of(subscription))]


CANCELLED_AT_PAYPAL = [("subscription.cancelled", "active", "cancelled")]


def _ended_once(subscription: Subscription) -> None:
    assert fresh(subscription).status == "cancelled"
    assert len(changes_of(subscription)) == 1
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert journal_of(subscription) == [("subscription.cancel_requested", "active", None), *CANCELLED_AT_PAYPAL]
    assert _kinds(subscription) == [MailKind.ENDED_CUSTOMER]


def test_f22_webhook_before_the_response(notified: Subscription) -> None:
    a_member(merchant_of(notified))
    paypal.fails(notified.paypal_id, "cancel", "slow", seconds=2)
    change = ask(notified, "cancel")
    call = Thread(target=attempt_change, args=[change])
    call.start()
    arrived(notified, 1)
    _processed(notified)
    call.join()
    assert fresh(change).state == ChangeState.DONE
    _ended_once(notified)


@pytest.mark.parametrize("kind", ["reset_after", "500_applied"])
def test_f22_webhook_and_no_response(notified: Subscription, kind: str) -> None:
    a_member(merchant_of(notified))
    paypal.fails(notified.paypal_id, "cancel", kind)
    paypal.fails(notified.paypal_id, "get", "slow", seconds=0)  # the look before
    paypal.fails(notified.paypal_id, "get", "503")  # the look afterwards
    change = attempt_change(ask(notified, "cancel"))
    assert change.state == ChangeState.UNKNOWN
    arrived(notified, 1)
    _processed(notified)
    assert fresh(notified).status == "active", "the change that is under way decides"
    assert try_change_until_settled(change).state == ChangeState.DONE
    _ended_once(notified)


def test_f22_refund_webhook_before_the_response(notified: Subscription) -> None:
    paypal.change(notified.paypal_id, last_payment={"amount": "49.00", "time": now().isoformat()})
    arrived(notified, 1)
    _processed(notified)
    payment = payments_of(notified)[-1]
    paypal.fails(payment.paypal_transaction_id or "", "refund", "reset_after")
    request = attempt_refund(ask_refund(payment, 900, key="form"))
    assert request.state == ChangeState.UNKNOWN
    arrived(notified, 2)
    _processed(notified)
    assert fresh(payment).refunded_minor == 900
    assert try_until_settled(request).state == ChangeState.DONE
    assert fresh(payment).refunded_minor == 900
    assert [line[0] for line in journal_of(notified)] == ["payment.refund_requested", "payment.refunded"]


def test_f23_duplicates(notified: Subscription) -> None:
    a_member(merchant_of(notified))
    paypal.notifications_go_wrong(client_id_of(merchant_of(notified)), duplicate=24)
    paypal.change(notified.paypal_id, status="CANCELLED")
    _delivered(notified)
    assert {one["status"] for one in paypal.notifications(client_id_of(merchant_of(notified)))} == {200}
    assert len(events_of(notified)) == 1
    for _ in range(2):
        _processed(notified)
    assert journal_of(notified) == CANCELLED_AT_PAYPAL
    assert _kinds(notified) == [MailKind.ENDED_MERCHANT]


def test_f24_out_of_order(notified: Subscription) -> None:
    paypal.notifications_go_wrong(client_id_of(merchant_of(notified)), reorder=3)
    for status in ("SUSPENDED", "ACTIVE", "CANCELLED"):
        paypal.change(notified.paypal_id, status=status)
    told = [event.event_type.rpartition(".")[2] for event in arrived(notified, 3)]
    assert told == ["CANCELLED", "ACTIVATED", "SUSPENDED"]
    _processed(notified)
    assert fresh(notified).status == "cancelled"
    assert journal_of(notified) == CANCELLED_AT_PAYPAL


def test_f25_forged(notified: Subscription) -> None:
    paypal.notifications_go_wrong(client_id_of(merchant_of(notified)), forge=1)
    paypal.change(notified.paypal_id, outstanding="49.00")
    wait_until(lambda: paypal.notifications(client_id_of(merchant_of(notified)))[0]["status"] == 400, "a refusal")
    assert events_of(notified) == []
    assert paypal.calls(notified.paypal_id or "") == []


def test_f26_replayed_after_a_month(notified: Subscription) -> None:
    paypal.notifications_go_wrong(client_id_of(merchant_of(notified)), duplicate=1)
    paypal.change(notified.paypal_id, status="SUSPENDED")
    _delivered(notified)
    _processed(notified)
    paypal.change(notified.paypal_id, status="ACTIVE")
    arrived(notified, 2)
    _processed(notified)
    asked = len(paypal.calls(notified.paypal_id or ""))
    with later(days=30):
        _processed(notified)
    assert fresh(notified).status == "active"
    assert len(paypal.calls(notified.paypal_id or "")) == asked


def test_f27_at_another_merchants_address(kooneo: Flask, fake_paypal: PayPalServer, notary: Notary) -> None:
    """Genuine, for A; told to B."""
    assert kooneo
    subscription, other = a_subscription(), a_merchant()
    theirs, others = an_endpoint(merchant_of(subscription)), an_endpoint(other)
    body = an_event(id=subscription.paypal_id)
    signed = notary.headers(body, theirs.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
    assert post(others, body, signed).status_code == 400
    assert (events_of(other), events_of(subscription)) == ([], [])
    assert post(theirs, body, signed).status_code == 200


def test_f28_lost(notified: Subscription) -> None:
    a_member(merchant_of(notified))
    paypal.notifications_go_wrong(client_id_of(merchant_of(notified)), drop=1)
    paypal.change(notified.paypal_id, status="CANCELLED")
    _delivered(notified)
    assert (events_of(notified), fresh(notified).status) == ([], "active")
    reconciled(merchant_of(notified))
    assert fresh(notified).status == "cancelled"
    assert journal_of(notified) == CANCELLED_AT_PAYPAL
    assert _kinds(notified) == [MailKind.ENDED_MERCHANT]


@pytest.mark.parametrize("find", [lambda one: reconciled(merchant_of(one)), verified], ids=["reconciled", "verified"])
def test_f28_lost_payment(notified: Subscription, find: Callable[[Subscription], object]) -> None:
    client_id = client_id_of(merchant_of(notified))
    paypal.notifications_go_wrong(client_id, drop=2)
    moment = now().replace(microsecond=0)
    paypal.change(notified.paypal_id, last_payment={"amount": "49.00", "time": moment.isoformat()})
    paypal.change(
        notified.paypal_id, failed_payments_count=1, last_failed_payment={"amount": "9.00", "time": moment.isoformat()}
    )
    _delivered(notified)
    assert payments_of(notified) == []
    for _ in range(2):
        find(notified)
        catch_up_with_payments(notified)
    booked = [(one.amount_minor, one.state, one.at) for one in payments_of(notified)][-2:]
    assert sorted(booked) == [(900, PaymentState.FAILED, moment), (4900, PaymentState.COMPLETED, moment)]
    assert len(paypal.calls(notified.paypal_id or "", "transactions")) == 1


def test_f28_lost_payment_while_paypal_does_not_answer(notified: Subscription) -> None:
    paypal.notifications_go_wrong(client_id_of(merchant_of(notified)), drop=1)
    paypal.change(notified.paypal_id, last_payment={"amount": "49.00", "time": now().isoformat()})
    verified(notified)
    paypal.fails(notified.paypal_id, "transactions", "503")
    before = number_of_readings(notified)
    catch_up_with_payments(notified)
    assert (payments_of(notified), number_of_readings(notified)) == ([], before + 1)
    catch_up_with_payments(notified)
    assert payments_of(notified)[-1].amount_minor == 4900


def test_f29_not_to_be_verified(kooneo: Flask, fake_paypal: PayPalServer, notary: Notary) -> None:
    """Neither the certificate nor PayPal's own word is to be had: PayPal must come again, and then it counts."""
    assert kooneo
    subscription = a_subscription()
    endpoint = an_endpoint(merchant_of(subscription))
    body, usual = an_event(id=subscription.paypal_id), fake_paypal.usual
    signed = notary.headers(body, endpoint.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
    fake_paypal.usual = lambda _request: Answer(status=503)
    answer = post(endpoint, body, signed)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert events_of(subscription) == []
    fake_paypal.usual = usual
    with later(minutes=2):
        assert post(endpoint, body, signed).status_code == 200
    (event,) = events_of(subscription)
    assert event.state == EventState.WAITING
