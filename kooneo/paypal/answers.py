"""PayPal's bodies -> what Kooneo works with."""

from dataclasses import dataclass
from datetime import datetime

from kooneo.money import Money
from kooneo.paypal.api import Answer
from kooneo.paypal.errors import BadAnswer
from kooneo.paypal.fields import Part
from kooneo.paypal.statuses import RemoteStatus, TransactionStatus, VerificationStatus

# Lengths of the OpenAPI file.
_ID = 50
_NAME = 140
_EMAIL = 254
_URL = 2048


@dataclass(frozen=True)
class RemoteSubscription:
    """What PayPal says of a subscription. Every field but the status may be missing there, and is None then."""

    paypal_id: str
    status: RemoteStatus
    status_updated_at: datetime | None
    started_at: datetime | None
    plan_id: str | None
    subscriber_email: str | None
    subscriber_given_name: str | None
    subscriber_family_name: str | None
    outstanding: Money | None
    cycles_completed: int | None  # of the regular tenure, trials not counted
    total_cycles: int | None  # None: goes on without end (PayPal says 0)
    last_payment: Money | None
    last_payment_at: datetime | None
    next_billing_at: datetime | None
    final_payment_at: datetime | None
    failed_payments: int | None  # in a row; back to 0 after a success
    last_failed_payment_at: datetime | None
    debug_id: str | None


@dataclass(frozen=True)
class RemoteTransaction:
    transaction_id: str
    status: TransactionStatus
    amount: Money
    at: datetime
    payer_email: str | None


@dataclass(frozen=True)
class RemoteWebhook:
    """An address to which PayPal sends notifications."""

    webhook_id: str
    url: str
    event_types: frozenset[str]


def read_subscription(answer: Answer, asked_id: str) -> RemoteSubscription:
    body = Part(answer.body, "", answer.debug_id)
    subscriber, billing = body.part("subscriber"), body.part("billing_info")
    name, last_payment = subscriber.part("name"), billing.part("last_payment")
    regular = _regular_cycles(billing)
    return RemoteSubscription(
        paypal_id=_same_id(body, asked_id),
        status=body.word("status", RemoteStatus),
        status_updated_at=body.instant("status_update_time"),
        started_at=body.instant("start_time"),
        plan_id=body.text("plan_id", _ID),
        subscriber_email=subscriber.text("email_address", _EMAIL),
        subscriber_given_name=name.text("given_name", _NAME),
        subscriber_family_name=name.text("surname", _NAME),
        outstanding=billing.money("outstanding_balance"),
        cycles_completed=regular.count("cycles_completed") if regular else None,
        total_cycles=(regular.count("total_cycles") or None) if regular else None,
        last_payment=last_payment.money("amount"),
        last_payment_at=last_payment.instant("time"),
        next_billing_at=billing.instant("next_billing_time"),
        final_payment_at=billing.instant("final_payment_time"),
        failed_payments=billing.count("failed_payments_count"),
        last_failed_payment_at=billing.part("last_failed_payment").instant("time"),
        debug_id=answer.debug_id,
    )


def read_transactions(answer: Answer) -> list[RemoteTransaction]:
    body = Part(answer.body, "", answer.debug_id)
    if (body.count("total_pages") or 0) > 1:
        # The file has no way to ask for a second page, and a payment left out would be a wrong account of the money.
        raise BadAnswer("total_pages", debug_id=answer.debug_id)
    return [_transaction(part) for part in body.parts("transactions")]


def read_webhooks(answer: Answer) -> list[RemoteWebhook]:
    return [_webhook(part) for part in Part(answer.body, "", answer.debug_id).parts("webhooks")]


def read_webhook(answer: Answer) -> RemoteWebhook:
    return _webhook(Part(answer.body, "", answer.debug_id))


def _webhook(part: Part) -> RemoteWebhook:
    names = (event_type.text("name", _NAME) for event_type in part.parts("event_types"))
    return RemoteWebhook(
        webhook_id=part.required("id", part.text("id", _ID)),
        url=part.required("url", part.text("url", _URL)),
        event_types=frozenset(filter(None, names)),
    )


def read_verification(answer: Answer) -> bool:
    part = Part(answer.body, "", answer.debug_id)
    return part.word("verification_status", VerificationStatus) == VerificationStatus.SUCCESS


def _transaction(part: Part) -> RemoteTransaction:
    gross = part.part("amount_with_breakdown").money("gross_amount")
    return RemoteTransaction(
        transaction_id=part.required("id", part.text("id", _ID)),
        status=part.word("status", TransactionStatus),
        amount=part.required("amount_with_breakdown", gross),
        at=part.required("time", part.instant("time")),
        payer_email=part.text("payer_email", _EMAIL),
    )


def _same_id(body: Part, asked_id: str) -> str:
    """An answer about another subscription (a mixed-up cache or proxy) must never change this one."""
    return body.required("id", asked_id if body.text("id", _ID) in {None, asked_id} else None)


def _regular_cycles(billing: Part) -> Part | None:
    regular = (part for part in billing.parts("cycle_executions") if part.text("tenure_type", 24) == "REGULAR")
    return next(regular, None)
