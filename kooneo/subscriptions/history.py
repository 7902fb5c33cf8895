"""What happened to a subscription: payments and changes of status, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kooneo.billing.models import Payment, PaymentState, Refund
from kooneo.language import amount, day
from kooneo.language import gettext as _
from kooneo.subscriptions import words
from kooneo.subscriptions.answers import refused_by_us
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription

_PAYMENTS = {
    PaymentState.COMPLETED: ("Paiement reçu : %(amount)s", "live"),
    PaymentState.PENDING: ("Paiement en cours d'encaissement : %(amount)s", "held"),
    PaymentState.FAILED: ("Prélèvement refusé : %(amount)s", "late"),
}
_REFUNDED = {
    Refund.PART: ("Paiement remboursé en partie : %(amount)s prélevés", ""),
    Refund.WHOLE: ("Paiement remboursé : %(amount)s", ""),
}


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    text: str
    source: str
    tone: str = ""


def history(
    subscription: Subscription, payments: Sequence[Payment], others: Sequence[Subscription]
) -> list[HistoryLine]:
    """Newest first. `others`: of the same customer, among them those that it takes up again, or that take it up."""
    lines = [_payment_line(payment) for payment in payments]
    for change in subscription.changes:
        lines += _change_lines(change)
    begun = [one for one in others if one.follows_id == subscription.id and one.status != SubscriptionStatus.PENDING]
    lines += [
        HistoryLine(one.started_at, _("Repris par un nouvel abonnement"), one.paypal_id or "", "live") for one in begun
    ]
    earlier = next((one for one in others if one.id == subscription.follows_id), None)
    lines.append(_start(subscription, earlier))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _start(subscription: Subscription, earlier: Subscription | None) -> HistoryLine:
    """One that the customer never agreed to has not begun, whatever became of it."""
    first = subscription.changes[-1].from_status if subscription.changes else subscription.status
    begun = _("Abonnement demandé") if first == SubscriptionStatus.PENDING else _("Abonnement commencé")
    if earlier:
        begun = _("%(begun)s : reprise de celui du %(day)s", begun=begun, day=day(earlier.contracted_on))
    where = _("chez PayPal") if subscription.gateway == Gateway.PAYPAL else _("hors de PayPal")
    return HistoryLine(subscription.started_at, begun, f"{subscription.customer.name}, {where}", "live")


def _payment_line(payment: Payment) -> HistoryLine:
    source = "PayPal" if payment.paypal_transaction_id else _("Reçu hors de PayPal")
    text, tone = _REFUNDED.get(payment.refund) or _PAYMENTS[payment.state]
    return HistoryLine(payment.at, _(text, amount=amount(payment.amount)), source, tone)


def _change_lines(change: StatusChange) -> list[HistoryLine]:
    reason = _(" : « %(reason)s »", reason=change.reason) if change.reason else ""
    asked = HistoryLine(change.requested_at, words.requested(change.action) + reason, change.actor_name, "held")
    if not change.state.settled or change.settled_at is None:
        return [asked]
    if change.state == ChangeState.DONE and change.to_status:
        answer = _(" · PayPal a répondu : %(status)s", status=change.paypal_status) if change.paypal_status else ""
        if change.unconfirmed:
            answer = _(", sans PayPal")
        became = _became(change, change.to_status) + reason
        return [HistoryLine(change.settled_at, became, change.actor_name + answer, words.tone(change.to_status))]
    return [HistoryLine(change.settled_at, _failure(change), _whose(change), "cut"), asked]


def _became(change: StatusChange, status: SubscriptionStatus) -> str:
    return _("Prélèvements arrêtés") if change.action == Action.STOP else words.label(status)


def _failure(change: StatusChange) -> str:
    if change.state == ChangeState.NEEDS_ATTENTION:
        return _("Resté sans réponse sûre")
    return _("Arrêté par Kooneo, rien n'a changé") if refused_by_us(change) else _("Refusé par PayPal")


def _whose(change: StatusChange) -> str:
    if refused_by_us(change):
        return "Kooneo"
    return _("PayPal, référence %(id)s", id=change.debug_id) if change.debug_id else "PayPal"
