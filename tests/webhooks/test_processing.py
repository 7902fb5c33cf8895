"""What becomes of a notification: PayPal is asked, and only its answer counts."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from paypal import builders as remote
from paypal.server import Answer, PayPalServer, Request, json_answer
from support import paypal
from support.acting import NORA, ask, at, attempt, changes_of, jobs_of, journal_of, rewrite
from support.browser import signed_in
from support.builders import a_member, a_merchant, a_payment, a_subscription, client_id_of, merchant_of, secret_of
from support.refunds import ask_refund, payments_of
from support.refunds import attempt as attempt_refund
from support.running import fresh, in_app
from support.webhooks import (
    an_event_about,
    arrived,
    attempt_to_process,
    events_of,
    open_transactions,
    sweep_notifications,
)
from support.worker import wait_until

from kooneo.billing.models import PaymentState, Refund
from kooneo.clock import now
from kooneo.settings.services.keys import delete_keys
from kooneo.subscriptions.answers import why_unread
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.problems import Problem
from kooneo.webhooks.models import EventState, WebhookEvent
from kooneo.webhooks.services.process import BACKOFF

pytestmark = pytest.mark.usefixtures("app")

_number = itertools.count(1)


# --- the status


@pytest.mark.fault("F24", "F37")
@pytest.mark.parametrize("what", ["BILLING.SUBSCRIPTION.CANCELLED", "BILLING.SUBSCRIPTION.ACTIVATED"])
@pytest.mark.parametrize(
    ("at_paypal", "status"),
    [("ACTIVE", "active"), ("SUSPENDED", "suspended"), ("CANCELLED", "cancelled"), ("EXPIRED", "completed")],
)
def test_only_what_paypal_answers_counts(at_paypal: str, status: str, what: str) -> None:
    """F24 and F37."""
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, status=at_paypal)
    event = attempt_to_process(an_event_about(subscription, what))
    assert (event.state, event.problem) == (EventState.DONE, None)
    assert fresh(subscription).status == status
    told = [] if status == "active" else [(f"subscription.{status}", "active", status)]
    assert journal_of(subscription) == told


def test_a_second_attempt_does_nothing() -> None:
    subscription = a_subscription()
    event = attempt_to_process(an_event_about(subscription))
    asked = len(paypal.calls(subscription.paypal_id))
    attempt_to_process(event)
    assert len(paypal.calls(subscription.paypal_id)) == asked


def test_what_ended_here_and_runs_at_paypal_is_not_reopened() -> None:
    subscription = a_subscription(status="cancelled", at_paypal={"status": "ACTIVE"})
    attempt_to_process(an_event_about(subscription, "BILLING.SUBSCRIPTION.ACTIVATED"))
    assert (fresh(subscription).status, fresh(subscription).check_problem) == ("cancelled", "charging")


@pytest.mark.fault("F22")
def test_a_change_that_is_under_way_is_not_disturbed() -> None:
    """F22."""
    subscription = a_subscription()
    change = ask(subscription, "abandon")
    paypal.change(subscription.paypal_id, status="CANCELLED")
    event = attempt_to_process(an_event_about(subscription, "BILLING.SUBSCRIPTION.CANCELLED"))
    assert event.state == EventState.DONE
    assert fresh(subscription).status == "active"
    assert attempt(change).state == ChangeState.DONE
    assert fresh(subscription).status == "abandoned"
    assert len(changes_of(subscription)) == 1
    assert paypal.cancellations(subscription.paypal_id) == 0


def test_what_nobody_here_knows_is_ignored() -> None:
    subscription = a_subscription()
    stranger = a_merchant()
    for event in (
        an_event_about(stranger, paypal_id=subscription.paypal_id),
        an_event_about(stranger, paypal_id="I-UNKNOWN"),
        an_event_about(stranger, "PAYMENT.SALE.REFUNDED", sale_id="UNKNOWN"),
        an_event_about(stranger),
    ):
        assert attempt_to_process(event).state == EventState.IGNORED
    assert paypal.calls(subscription.paypal_id) == []


def test_without_keys_nothing_can_be_asked() -> None:
    subscription = a_subscription()
    in_app(delete_keys)(subscription.merchant_id, by=NORA)
    assert attempt_to_process(an_event_about(subscription)).state == EventState.IGNORED


# --- PayPal does not answer


@pytest.mark.parametrize("kind", ["503", "reset_before", "429", "html"])
def test_while_paypal_does_not_answer_it_is_asked_again(kind: str) -> None:
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, status="CANCELLED")
    paypal.fails(subscription.paypal_id, "get", kind)
    event = attempt_to_process(an_event_about(subscription))
    assert event.state == EventState.WAITING
    assert event.next_attempt_at is not None
    assert len(jobs_of(event)) == 1
    assert attempt_to_process(event).attempts == 1, "before it is due"
    with at(event.next_attempt_at):
        assert attempt_to_process(event).state == EventState.DONE
    assert fresh(subscription).status == "cancelled"


def test_not_for_ever() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503", times=0)
    event = an_event_about(subscription)
    for _ in range(len(BACKOFF) + 1):
        event = attempt_to_process(event)
        if event.next_attempt_at:
            with at(event.next_attempt_at):
                event = attempt_to_process(event)
    assert (event.state, event.problem) == (EventState.FAILED, "unreachable")


def test_what_paypal_refuses_is_not_asked_again() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "403")
    event = attempt_to_process(an_event_about(subscription))
    assert (event.state, event.problem) == (EventState.FAILED, "permission")


def test_what_was_not_followed_shows_in_the_settings_and_is_read_again_on_demand() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "403")
    event = attempt_to_process(an_event_about(subscription))
    paypal.change(str(subscription.paypal_id), status="CANCELLED")
    owner = signed_in(a_member(merchant_of(subscription)))
    shown = owner.open("/settings/paypal").by_id("notifications").text
    assert "Une notification n’a pas pu être suivie." in shown
    assert why_unread(Problem.PERMISSION) in shown
    owner.post("/settings/paypal/notifications/another-attempt")
    sweep_notifications()
    assert len(jobs_of(event)) == 1
    assert attempt_to_process(event).state == EventState.DONE
    assert fresh(subscription).status == "cancelled"
    assert "suivie" not in owner.open("/settings/paypal").by_id("notifications").text


def test_a_job_that_was_lost_is_given_anew() -> None:
    event = an_event_about(a_subscription(), next_attempt_at=now())
    settled = attempt_to_process(an_event_about(a_subscription(), next_attempt_at=now()))
    sweep_notifications()
    assert (len(jobs_of(event)), jobs_of(settled)) == (1, [])


# --- payments


def test_each_payment_is_written_once(app: Flask) -> None:
    assert app
    subscription = a_subscription(days=40)
    events = [an_event_about(subscription, "PAYMENT.SALE.COMPLETED") for _ in range(3)]
    for event in events:
        assert attempt_to_process(event).state == EventState.DONE
    paid = payments_of(subscription)
    assert [payment.state for payment in paid] == [PaymentState.COMPLETED] * 2
    assert {payment.amount_minor for payment in paid} == {subscription.price_minor}
    assert len({payment.paypal_transaction_id for payment in paid}) == 2
    assert {payment.customer_id for payment in paid} == {subscription.customer_id}


def test_a_refused_payment_is_written_and_the_customer_is_late() -> None:
    subscription = a_subscription(status="past_due")
    rewrite(subscription, status="active")
    attempt_to_process(an_event_about(subscription, "BILLING.SUBSCRIPTION.PAYMENT.FAILED"))
    assert fresh(subscription).status == "past_due"
    assert PaymentState.FAILED in {payment.state for payment in payments_of(subscription)}
    page = signed_in(a_member(merchant_of(subscription))).open(f"/customers/{subscription.customer_id}/subscriptions")
    card = page.by_id(f"subscription-{subscription.id}").text
    for told in ("Un prélèvement a échoué le", "Reste dû", "PayPal réessaie"):
        assert told in card


def test_what_is_not_about_money_reads_no_payments() -> None:
    subscription = a_subscription()
    attempt_to_process(an_event_about(subscription, "BILLING.SUBSCRIPTION.UPDATED"))
    assert paypal.calls(subscription.paypal_id, "transactions") == []
    assert payments_of(subscription) == []


def _refund(subscription: Subscription, sale_id: str, minor: int, **facts: Any) -> WebhookEvent:
    """It names the payment alone."""
    told = {"paypal_id": None, "sale_id": sale_id, "refunded_minor": minor, "refunded_currency": "EUR"}
    told |= {"refund_id": f"R-{next(_number)}", "created_at": now()}
    return an_event_about(subscription, "PAYMENT.SALE.REFUNDED", **(told | facts))


@pytest.fixture
def paid() -> Subscription:
    """Whose payments are known here."""
    subscription = a_subscription()
    attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.COMPLETED"))
    return subscription


@pytest.mark.parametrize("with_total", [True, False])
def test_each_refund_counts_once(paid: Subscription, with_total: bool) -> None:
    def told(minor: int, total: int, **facts: Any) -> None:
        facts |= {"refunded_total_minor": total} if with_total else {}
        assert attempt_to_process(_refund(paid, sale_id, minor, **facts)).state == EventState.DONE

    sale_id = paypal.refund(paid.paypal_id, amount="9.00")
    told(900, 900, refund_id="R-FIRST")
    told(900, 900, refund_id="R-FIRST")
    *others, given_back = payments_of(paid)
    assert (given_back.paypal_transaction_id, given_back.refunded_minor) == (sale_id, 900)
    assert {payment.refunded_minor for payment in others} == {0}
    paypal.refund(paid.paypal_id, amount="6.00")
    told(600, 1500)
    told(900, 900, refund_id="R-FIRST")
    assert (payments_of(paid)[-1].refunded_minor, payments_of(paid)[-1].refund) == (1500, Refund.PART)
    paypal.refund(paid.paypal_id)
    told(3400, 4900)
    assert payments_of(paid)[-1].refund == Refund.WHOLE
    lines = [line for line in journal_of(paid) if line[0] == "payment.refunded"]
    assert len(lines) == 3


def test_what_was_refunded_before_kooneo_heard_of_it_is_in_paypals_total(paid: Subscription) -> None:
    sale_id = paypal.refund(paid.paypal_id, amount="9.00")
    attempt_to_process(an_event_about(paid, "PAYMENT.SALE.COMPLETED"))
    assert (payments_of(paid)[-1].refunded_minor, payments_of(paid)[-1].refund) == (None, Refund.PART)
    attempt_to_process(_refund(paid, sale_id, 100, refunded_total_minor=900))
    assert payments_of(paid)[-1].refunded_minor == 900


def test_a_refund_made_here_is_not_counted_again(paid: Subscription) -> None:
    payment = payments_of(paid)[-1]
    request = attempt_refund(ask_refund(payment, 900, key="form"))
    told = {"refund_id": request.paypal_refund_id}
    attempt_to_process(_refund(paid, payment.paypal_transaction_id or "", 900, **told))
    assert payments_of(paid)[-1].refunded_minor == 900
    assert [event for event, *_ in journal_of(paid)] == ["payment.refund_requested", "payment.refunded"]


def test_a_refund_counts_only_when_paypal_says_there_was_one(paid: Subscription) -> None:
    """Its list may lag behind: it is read again."""
    sale_id = payments_of(paid)[-1].paypal_transaction_id or ""
    event = attempt_to_process(_refund(paid, sale_id, 900))
    assert (event.state, event.problem) == (EventState.WAITING, "not_effective")
    assert payments_of(paid)[-1].refunded_minor == 0
    paypal.refund(paid.paypal_id, amount="9.00")
    with at(event.next_attempt_at or now()):
        assert attempt_to_process(event).state == EventState.DONE
    assert payments_of(paid)[-1].refunded_minor == 900


def test_a_reversal_takes_the_payment_back(paid: Subscription) -> None:
    """A bank or a dispute took it: PayPal names the payment alone, and lists it as refunded."""
    sale_id = paypal.refund(paid.paypal_id)
    told = {"sale_id": sale_id, "refund_id": sale_id, "refunded_minor": 4900, "refunded_currency": "EUR"}
    event = an_event_about(paid, "PAYMENT.SALE.REVERSED", **told)
    assert attempt_to_process(event).state == EventState.DONE
    assert payments_of(paid)[-1].refund == Refund.WHOLE
    assert payments_of(paid)[-1].refunded_at is not None


def test_a_payment_on_its_way_that_is_denied(kooneo: Flask, fake_paypal: PayPalServer) -> None:
    assert kooneo
    subscription = a_subscription()
    for status, state in (("PENDING", PaymentState.PENDING), ("DECLINED", PaymentState.FAILED)):
        listed = {"transactions": [remote.a_transaction(id="SALE-1", status=status)]}
        fake_paypal.usual = _answering(remote.a_subscription(id=subscription.paypal_id) | listed)
        attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.DENIED", sale_id="SALE-1"))
        assert [payment.state for payment in payments_of(subscription)] == [state]


def _answering(body: dict[str, Any]) -> Callable[[Request], Answer]:
    return lambda _request: json_answer(body)


def test_a_refund_in_another_currency_is_known_and_not_counted(paid: Subscription) -> None:
    sale_id = paypal.refund(paid.paypal_id, amount="9.00")
    attempt_to_process(_refund(paid, sale_id, 900, refunded_currency="USD"))
    assert payments_of(paid)[-1].refund == Refund.PART
    assert payments_of(paid)[-1].refunded_minor is None


def test_a_payment_after_the_end_waits_for_a_person() -> None:
    subscription = a_subscription(status="cancelled", at_paypal={"status": "ACTIVE"})
    attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.COMPLETED"))
    owner = signed_in(a_member(merchant_of(subscription)))
    assert "Prélevé après la fin" not in owner.open("/attention").text
    charged = {"amount": "49.00", "time": now().isoformat()}
    paypal.change(subscription.paypal_id, last_payment=charged)
    attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.COMPLETED"))
    assert "Prélevé après la fin" in owner.open("/attention").text


def test_payments_that_cannot_be_read_do_not_hold_up_the_status() -> None:
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, status="SUSPENDED")
    paypal.fails(subscription.paypal_id, "transactions", "503")
    event = attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.COMPLETED"))
    assert event.state == EventState.WAITING
    assert fresh(subscription).status == "suspended"


def test_another_merchants_payment_of_that_id_is_not_touched() -> None:
    theirs = a_payment(a_subscription())
    subscription = a_subscription()
    told = {"paypal_id": None, "sale_id": theirs.paypal_transaction_id}
    event = an_event_about(subscription, "PAYMENT.SALE.REFUNDED", **told)
    assert attempt_to_process(event).state == EventState.IGNORED
    assert fresh(theirs).refunded_minor == 0


def test_no_transaction_is_open_while_paypal_is_asked(kooneo: Flask, fake_paypal: PayPalServer) -> None:
    assert kooneo
    subscription, seen = a_subscription(), []
    with open_transactions() as count:

        def usual(request: Request) -> Answer:
            seen.append((request.target.rpartition("/")[2].partition("?")[0], count[0]))
            return json_answer({"transactions": []} | remote.a_subscription(id=subscription.paypal_id))

        fake_paypal.usual = usual
        assert attempt_to_process(an_event_about(subscription, "PAYMENT.SALE.COMPLETED")).state == EventState.DONE
    assert seen == [(subscription.paypal_id, 0), ("transactions", 0)]


# --- the whole way: the simulator notifies, Kooneo takes it in, the worker asks


def test_a_cancellation_on_paypal_is_known_at_once(notified: Subscription) -> None:
    client_id = client_id_of(merchant_of(notified))
    paypal.notifications_go_wrong(client_id, duplicate=3)
    paypal.change(notified.paypal_id, status="CANCELLED")
    (event,) = arrived(notified, 1)
    wait_until(lambda: {one["state"] for one in paypal.notifications(client_id)} == {"delivered"}, "the doubles")
    assert len(paypal.notifications(client_id)) == 4
    assert len(events_of(notified)) == 1
    assert len(jobs_of(event)) == 1
    attempt_to_process(event)
    assert fresh(notified).status == "cancelled"
    assert journal_of(notified) == [("subscription.cancelled", "active", "cancelled")]


@pytest.mark.fault("F24", "F25")
def test_forged_ones_and_disorder_change_nothing(notified: Subscription) -> None:
    client_id = client_id_of(merchant_of(notified))
    for fault in ({"forge": 1}, {"reorder": 2}):
        paypal.notifications_go_wrong(client_id, **fault)
    for status in ("SUSPENDED", "ACTIVE", "CANCELLED"):
        paypal.change(notified.paypal_id, status=status)
    events = arrived(notified, 2)
    assert [event.event_type.rpartition(".")[2] for event in events] == ["CANCELLED", "ACTIVATED"]
    wait_until(lambda: paypal.notifications(client_id)[0]["status"] == 400, "a forged one that is refused")
    for event in events:
        attempt_to_process(event)
    assert fresh(notified).status == "cancelled"
    assert len(events_of(notified)) == 2


def test_a_partial_refund_on_paypal_is_written_with_its_amount(notified: Subscription) -> None:
    attempt_to_process(an_event_about(notified, "PAYMENT.SALE.COMPLETED"))
    sale_id = paypal.refund(notified.paypal_id, amount="9.00")
    event = arrived(notified, 2)[-1]
    assert (event.paypal_id, event.sale_id, event.refunded_minor, event.refunded_total_minor) == (
        None,
        sale_id,
        900,
        900,
    )
    attempt_to_process(event)
    assert payments_of(notified)[-1].refunded_minor == 900


def test_a_reversal_that_names_only_itself_is_asked_about(notified: Subscription) -> None:
    """As in PayPal's published sample: neither the payment nor the subscription."""
    attempt_to_process(an_event_about(notified, "PAYMENT.SALE.COMPLETED"))
    sale_id = paypal.refund(notified.paypal_id, reversal=True)
    event = arrived(notified, 2)[-1]
    assert (event.event_type, event.paypal_id, event.sale_id) == ("PAYMENT.SALE.REVERSED", None, event.refund_id)
    paypal.fails(str(event.refund_id), "given_back", "503")
    event = attempt_to_process(event)
    assert (event.state, event.problem) == (EventState.WAITING, "unreachable")
    for _ in range(2):
        with at(event.next_attempt_at or now()):
            event = attempt_to_process(event)
    assert (event.state, event.sale_id) == (EventState.DONE, sale_id)
    assert payments_of(notified)[-1].refund == Refund.WHOLE
    assert payments_of(notified)[-1].refunded_at is not None


@pytest.mark.parametrize("known", [True, False])
def test_a_reversal_that_names_only_the_subscription_is_asked_about(notified: Subscription, known: bool) -> None:
    attempt_to_process(an_event_about(notified, "PAYMENT.SALE.COMPLETED"))
    paypal.refund(notified.paypal_id, reversal=True)
    refund_id = arrived(notified, 2)[-1].refund_id if known else "R-UNKNOWN"
    told = {"sale_id": refund_id, "refund_id": refund_id, "refunded_minor": 4900, "refunded_currency": "EUR"}
    event = an_event_about(notified, "PAYMENT.SALE.REVERSED", **told)
    for _ in range(2):
        with at(fresh(event).next_attempt_at or now()):
            event = attempt_to_process(event)
    assert (event.state, event.problem) == (EventState.DONE, None)
    assert payments_of(notified)[-1].refund == Refund.WHOLE


def test_a_reversal_of_what_is_not_sold_here_is_ignored(notified: Subscription) -> None:
    of_nobody = {"paypal_id": None, "sale_id": "R-ELSEWHERE", "refund_id": "R-ELSEWHERE"}
    told = of_nobody | {"refunded_minor": 4900, "refunded_currency": "EUR"}
    event = attempt_to_process(an_event_about(notified, "PAYMENT.SALE.REVERSED", **told))
    assert (event.state, event.problem) == (EventState.IGNORED, None)


def test_the_secret_of_the_keys_opens_paypals_list(notified: Subscription) -> None:
    merchant = merchant_of(notified)
    (webhook,) = paypal.webhooks(client_id_of(merchant), secret_of(merchant))
    assert webhook["url"].startswith("http://127.0.0.1:")
