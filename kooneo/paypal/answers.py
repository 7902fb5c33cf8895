"""PayPal's bodies -> what Kooneo works with."""

from dataclasses import dataclass, field
from datetime import datetime

from kooneo.money import Money
from kooneo.paypal.api import Answer
from kooneo.paypal.errors import BadAnswer
from kooneo.paypal.fields import Part
from kooneo.paypal.statuses import RemoteStatus, SaleState, TransactionStatus, VerificationStatus

# Lengths of the OpenAPI file.
_ID = 50
_NAME = 140
_EMAIL = 254
_QUANTITY = 32
_MOST_ITEMS = 500_000_000

_WITHOUT_BILLING = (RemoteStatus.APPROVAL_PENDING, RemoteStatus.APPROVED)
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
    asked_at: datetime = field(compare=False)  # by our own clock: it tells nothing of what happened afterwards
    created_at: datetime | None = None
    quantity: str | None = None  # how many of the plan; None: one
    plan_overridden: bool | None = None  # it has terms of its own (Gateway.get_own_terms)
    next_retry_at: datetime | None = None  # when the payment that failed last is tried again


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


def _listed(part: Part, answer: Answer) -> RemoteSubscription | None:
    """None for a record that is cut short, or cannot be read: it must not keep the others from being read."""
    try:
        paypal_id = part.required("id", part.text("id", _ID))
        remote = _subscription(part, paypal_id, answer)
    except BadAnswer:
        return None
    return remote if remote.status in _WITHOUT_BILLING or remote.outstanding is not None else None


def read_subscription(answer: Answer, asked_id: str) -> RemoteSubscription:
    return _subscription(Part(answer.body, "", answer.debug_id), asked_id, answer)


def _subscription(body: Part, asked_id: str, answer: Answer) -> RemoteSubscription:
    subscriber, billing = body.part("subscriber"), body.part("billing_info")
    name, last_payment = subscriber.part("name"), billing.part("last_payment")
    last_failed = billing.part("last_failed_payment")
    regular = _regular_cycles(billing)
    return RemoteSubscription(
        paypal_id=same_id(body, asked_id),
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
        last_failed_payment_at=last_failed.instant("time"),
        debug_id=answer.debug_id,
        asked_at=answer.asked_at,
        created_at=body.instant("create_time"),
        quantity=body.text("quantity", _QUANTITY),
        plan_overridden=body.flag("plan_overridden"),
        next_retry_at=last_failed.instant("next_payment_retry_time"),
    )


@dataclass(frozen=True)
class RemoteSale:
    """One payment of a subscription, by its transaction id."""

    state: SaleState
    debug_id: str | None


@dataclass(frozen=True)
class RemoteRefund:
    refund_id: str | None
    total: Money | None
    """Given back of this payment in all, when PayPal says so."""
    debug_id: str | None
    sale_id: str | None = None
    """The payment."""


def read_sale(answer: Answer, asked_id: str) -> RemoteSale:
    body = Part(answer.body, "", answer.debug_id)
    same_id(body, asked_id)
    return RemoteSale(body.word("state", SaleState), answer.debug_id)


def read_refund(answer: Answer) -> RemoteRefund:
    body = Part(answer.body, "", answer.debug_id)
    total, sale_id = body.money("total_refunded_amount"), body.text("sale_id", _ID)
    return RemoteRefund(body.text("id", _ID), total, answer.debug_id, sale_id)


@dataclass(frozen=True)
class RemotePage:
    """One page of the account's subscriptions."""

    paypal_ids: list[str]
    whole: list[RemoteSubscription]
    """Those whose record stands there as whole as a question for each of them would give it."""
    more: bool
    total: int | None
    """Of all pages, when PayPal says it."""


def read_page(answer: Answer, number: int) -> RemotePage:
    """An empty page is the last one, whatever its links say: a list always ends."""
    body = Part(answer.body, "", answer.debug_id)
    ids = [part.required("id", part.text("id", _ID)) for part in body.parts("subscriptions")]
    next_one = any(link.text("rel", _NAME) == "next" for link in body.parts("links"))
    more = next_one or (body.count("total_pages", _MOST_ITEMS) or 0) > number
    listed = [_listed(part, answer) for part in body.parts("subscriptions")]
    whole = [remote for remote in listed if remote is not None]
    return RemotePage(ids, whole, more and bool(ids), body.count("total_items", _MOST_ITEMS))


def read_transactions(answer: Answer) -> tuple[list[RemoteTransaction], bool]:
    """And whether they are all: the file has no way to ask for a second page."""
    body = Part(answer.body, "", answer.debug_id)
    found = [_transaction(part) for part in body.parts("transactions")]
    return found, (body.count("total_pages", _MOST_ITEMS) or 0) <= 1


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


def same_id(body: Part, asked_id: str) -> str:
    """An answer about another subscription (a mixed-up cache or proxy) must never change this one."""
    return body.required("id", asked_id if body.text("id", _ID) in {None, asked_id} else None)


def _regular_cycles(billing: Part) -> Part | None:
    regular = (part for part in billing.parts("cycle_executions") if part.text("tenure_type", 24) == "REGULAR")
    return next(regular, None)
