"""PayPal does not get its money, and the worker tells the customer."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.dunning.models import PaymentNotice
from kooneo.dunning.queries import tells
from kooneo.dunning.services.choose import choose
from kooneo.dunning.services.tell import tell_what_is_due
from kooneo.extensions import db
from kooneo.journal.models import JournalEntry
from kooneo.journal.services import Actor
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.money import Money
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.manual import record_payment

from . import paypal
from .mail import attempt_to_send, mailbox, outbox
from .running import in_app
from .webhooks import an_event_about, attempt_to_process

NORA = Actor("member", "Nora Petit", "back_office", uuid.UUID(int=1))
RETRY_AFTER = timedelta(days=5)

telling = in_app(tell_what_is_due)
"""The worker's minute."""


def cannot_pay(subscription: Subscription, *, attempt: int = 1, dues: int = 1, at: datetime | None = None) -> None:
    """PayPal tries at this moment, in vain: `attempt` times in a row by now, for so many instalments. The third time it
    suspends."""
    moment = at or now()
    owed = str(Money(subscription.price_minor * dues, subscription.currency))
    suspends = {"status": "SUSPENDED", "status_update_time": _written(moment)} if attempt > 2 else {}
    paypal.change(
        str(subscription.paypal_id),
        outstanding=owed,
        failed_payments_count=attempt,
        last_failed_payment={"amount": owed, "time": _written(moment)},
        retry_time=None if suspends else _written(moment + RETRY_AFTER),
        **suspends,
    )


def pays(subscription: Subscription) -> None:
    """PayPal gets its money after all."""
    moment = _written(now())
    paid = {"amount": str(subscription.price), "time": moment}
    told: dict[str, Any] = {"last_payment": paid, "outstanding": None, "failed_payments_count": 0, "retry_time": None}
    paypal.change(str(subscription.paypal_id), status="ACTIVE", status_update_time=moment, **told)


def notified(subscription: Subscription, what: str = "PAYMENT.FAILED") -> None:
    """PayPal's notification is worked off: Kooneo asks how things are."""
    attempt_to_process(an_event_about(subscription, f"BILLING.SUBSCRIPTION.{what}"))


def a_failure(subscription: Subscription, *, attempt: int = 1, **how: Any) -> Subscription:
    """It happens, Kooneo learns of it at once, and the worker's minute comes round."""
    cannot_pay(subscription, attempt=attempt, **how)
    notified(subscription)
    telling()
    return subscription


@in_app
def chooses(merchant: Merchant, *, enabled: bool) -> None:
    choose(merchant.id, enabled=enabled, by=NORA)


@in_app
def is_on(merchant: Merchant) -> bool:
    return tells(merchant.id)


@in_app
def choices(merchant: Merchant) -> list[str | None]:
    """What the journal keeps of them."""
    query = select(JournalEntry.after).filter_by(merchant_id=merchant.id, event="payment.notices_changed")
    return list(db.session.scalars(query.order_by(JournalEntry.number)))


@in_app
def receives_otherwise(subscription: Subscription) -> None:
    """ "Paiement reçu autrement": one instalment, today."""
    row = db.session.get_one(Subscription, subscription.id)
    record_payment(row, amount=row.price, received_on=now().date(), by=NORA, key=str(uuid.uuid4()))


def notices(subscription: Subscription) -> list[OutboxMessage]:
    """The messages to its customer about payments, in the order in which they were written."""
    return [message for message in outbox(subscription) if message.kind == MailKind.PAYMENT_NOTICE]


@in_app
def kinds(subscription: Subscription) -> list[str]:
    query = select(PaymentNotice.kind).filter_by(subscription_id=subscription.id)
    return [str(kind) for kind in db.session.scalars(query.order_by(PaymentNotice.written_at))]


def arrived(subscription: Subscription) -> list[str]:
    """The texts that have left; the worker tries each that waits first."""
    for message in notices(subscription):
        if message.state == "waiting":
            attempt_to_send(message)
    ids = [message.id for message in notices(subscription)]
    found = {delivered.id: delivered.text for delivered in mailbox()}
    return [found[one].replace("\u00a0", " ") for one in ids if one in found]


def _written(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
