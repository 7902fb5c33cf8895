"""What waits for a person, gathered from the parts that know."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from kooneo.billing import words
from kooneo.billing.models import Payment
from kooneo.billing.queries import (
    Row,
    count_refunds_not_made,
    count_taken_after_the_end,
    refundable_payments,
    refunds_not_made,
    taken_after_the_end,
)
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.language import gettext as _
from kooneo.legal.queries import OpenRequest, count_open, open_requests
from kooneo.mail import words as mail_words
from kooneo.mail.models import OutboxMessage
from kooneo.mail.queries import count_undelivered, undelivered
from kooneo.orders.queries import Twice, paid_twice
from kooneo.settings.services import paypal_account
from kooneo.subscriptions import answers, queries
from kooneo.subscriptions.answers import Note
from kooneo.subscriptions.lifecycle import Action, NotAllowed, transition
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.services.unresolved import may_end_without_paypal


@dataclass(frozen=True)
class StrandedChange:
    """A change that PayPal refused, or that nobody can be sure of."""

    change: StatusChange
    note: Note
    may_retry: bool
    may_end_alone: bool
    template: str = "attention/_change.html"


@dataclass(frozen=True)
class Charging:
    """Ended here, and in force at PayPal."""

    subscription: Subscription
    note: Note
    """Why it still charges: what came of the last attempt to stop it, if there was one."""
    may_stop: bool
    template: str = "attention/_charging.html"


@dataclass(frozen=True)
class Request(OpenRequest):
    payments: Sequence[Payment] = ()
    """What PayPal can give back, of a withdrawal."""
    template: str = "attention/_request.html"


@dataclass(frozen=True)
class TakenAfterTheEnd:
    """What PayPal took for a subscription that had ended here."""

    payment: Payment
    customer: Customer
    title: str
    note: Note | None
    """What came of the last refund that was asked for."""
    template: str = "attention/_payment.html"


@dataclass(frozen=True)
class RefundNotMade:
    """What was to be given back, and PayPal refused or never answered."""

    payment: Payment
    customer: Customer
    title: str
    note: Note
    refund_id: uuid.UUID
    template: str = "attention/_payment.html"


@dataclass(frozen=True)
class Undelivered:
    """A message that did not arrive, or waits for long."""

    message: OutboxMessage
    why: str
    advice: str
    trying: bool
    """Its next attempt is due by now."""
    template: str = "attention/_message.html"


@dataclass(frozen=True)
class PaidTwice:
    pair: Twice
    template: str = "attention/_twice.html"


@dataclass(frozen=True)
class Group:
    title: str
    matters: Sequence[StrandedChange | Charging | Request | TakenAfterTheEnd | RefundNotMade | PaidTwice | Undelivered]


def groups(merchant_id: uuid.UUID, *, may_end_alone: bool) -> list[Group]:
    """The most pressing first; a group with nothing in it is left out."""
    has_keys = paypal_account(merchant_id) is not None
    charging = [_charging(subscription, has_keys=has_keys) for subscription in queries.charging_after_end(merchant_id)]
    stranded = [
        _stranded(change, has_keys=has_keys, may_end_alone=may_end_alone)
        for change in queries.unresolved_changes(merchant_id)
    ]
    late = [_late(each) for each in taken_after_the_end(merchant_id)]
    found = [
        Group(_("Demandes de vos clients"), _declared(merchant_id)),
        Group(_("Terminé ici, toujours prélevé chez PayPal"), charging),
        Group(_("Prélevé après la fin"), late),
        Group(_("Remboursements non faits"), _not_made(merchant_id)),
        Group(_("Abonnés deux fois"), [PaidTwice(pair) for pair in paid_twice(merchant_id)]),
        Group(_("PayPal a refusé, ou ne répond plus"), stranded),
        Group(_("E-mails non remis"), [_undelivered(message) for message in undelivered(merchant_id)]),
    ]
    return [group for group in found if group.matters]


def count(merchant_id: uuid.UUID) -> int:
    counts = (
        queries.count_for_attention,
        count_open,
        count_taken_after_the_end,
        count_refunds_not_made,
        count_undelivered,
    )
    return sum(count(merchant_id) for count in counts) + len(paid_twice(merchant_id))


def _declared(merchant_id: uuid.UUID) -> list[Request]:
    found = open_requests(merchant_id)
    to_refund = [each.request.subscription_id for each in found if each.refund and each.request.subscription_id]
    payments = refundable_payments(merchant_id, to_refund)
    return [
        Request(
            each.request, each.due_at, each.refund, payments.get(each.request.subscription_id or uuid.UUID(int=0), ())
        )
        for each in found
    ]


def _late(row: Row) -> TakenAfterTheEnd:
    note = words.about(row.refund) if row.refund else None
    return TakenAfterTheEnd(row.payment, row.payment.customer, row.title, note)


def _not_made(merchant_id: uuid.UUID) -> list[RefundNotMade]:
    return [
        RefundNotMade(row.payment, row.payment.customer, row.title, words.about(row.refund), row.refund.id)
        for row in refunds_not_made(merchant_id)
        if row.refund
    ]


def _charging(subscription: Subscription, *, has_keys: bool) -> Charging:
    latest = subscription.changes[0] if subscription.changes else None
    tried = latest is not None and latest.action == Action.STOP and latest.state != ChangeState.DONE
    note = answers.about(latest, subscription) if latest and tried else answers.charging()
    return Charging(subscription, note, may_stop=has_keys)


def _stranded(change: StatusChange, *, has_keys: bool, may_end_alone: bool) -> StrandedChange:
    subscription = change.subscription
    return StrandedChange(
        change=change,
        note=answers.about(change, subscription),
        may_retry=has_keys and _still_possible(change),
        may_end_alone=may_end_alone and may_end_without_paypal(subscription, change, has_keys=has_keys),
    )


def _undelivered(message: OutboxMessage) -> Undelivered:
    trying = message.next_attempt_at is not None and message.next_attempt_at <= now()
    return Undelivered(message, mail_words.why(message), mail_words.advice(message), trying)


def _still_possible(change: StatusChange) -> bool:
    try:
        transition(change.action, change.subscription.standing, to=change.wished_status)
    except NotAllowed:
        return False
    return True
