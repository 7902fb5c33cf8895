"""What a subscription's card shows, worked out once for the record, the refreshed fragment and the answer to an action."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kooneo.access import sentences
from kooneo.access.decisions import Decision, SubscriptionFacts, decide_for
from kooneo.access.queries import grant_facts, subscription_facts
from kooneo.billing.models import Payment, PaymentState
from kooneo.clock import now
from kooneo.language import amount, ngettext
from kooneo.language import gettext as _
from kooneo.money import Money
from kooneo.settings.services import paypal_account
from kooneo.subscriptions import answers, queries, words
from kooneo.subscriptions.answers import Note
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus, actions_from
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    text: str
    source: str
    tone: str = ""


@dataclass(frozen=True)
class AccessLine:
    decision: Decision
    why: str


@dataclass(frozen=True)
class Card:
    subscription: Subscription
    paid: Money
    access: Sequence[AccessLine]
    access_summary: str
    history: Sequence[HistoryLine]
    actions: Sequence[Action]
    no_action: str
    """Why nothing (more) can be done, in words."""
    note: Note | None
    change: StatusChange | None
    """The latest."""

    @property
    def change_state(self) -> str:
        if self.change is None or self.change.state == ChangeState.DONE:
            return ""
        return self.change.state

    @property
    def waiting(self) -> bool:
        return self.change is not None and not self.change.state.settled

    @property
    def version(self) -> str:
        """Changes with what the card says: a refresh that finds the same draws nothing."""
        change = self.change
        state = change and (change.id, change.state, change.attempts, change.settled_at)
        access = [(line.decision.content.id, line.decision.open, line.why) for line in self.access]
        facts = (self.subscription.status, state, access, self.paid)
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def of_customer(
    merchant_id: uuid.UUID, customer_id: uuid.UUID, *, may_change: bool, notes: Mapping[uuid.UUID, Note] | None = None
) -> list[Card]:
    """`notes` replaces a card's own note, by subscription: the answer to what was just asked."""
    subscriptions = queries.of_customer(merchant_id, customer_id)
    ids = [subscription.id for subscription in subscriptions]
    payments, totals = queries.newest_payments(merchant_id, ids), queries.paid_totals(merchant_id, ids)
    grants = grant_facts(merchant_id, customer_id)
    facts = [subscription_facts(subscription) for subscription in subscriptions]
    has_keys = paypal_account(merchant_id) is not None
    return [
        _card(
            subscription,
            decide_for(own, facts, grants, now()),
            own,
            payments.get(subscription.id, []),
            totals.get(subscription.id, 0),
            _permissions(subscription, may_change=may_change, has_keys=has_keys),
            (notes or {}).get(subscription.id),
        )
        for subscription, own in zip(subscriptions, facts, strict=True)
    ]


def one(subscription: Subscription, *, may_change: bool, note: Note | None = None) -> Card:
    """One card, with the access that the customer's other rows give."""
    cards = of_customer(
        subscription.merchant_id,
        subscription.customer_id,
        may_change=may_change,
        notes={subscription.id: note} if note else None,
    )
    return next(card for card in cards if card.subscription.id == subscription.id)


def _card(
    subscription: Subscription,
    decisions: list[Decision],
    own: SubscriptionFacts,
    payments: Sequence[Payment],
    paid_minor: int,
    permissions: tuple[Sequence[Action], str],
    note: Note | None,
) -> Card:
    change = subscription.changes[0] if subscription.changes else None
    return Card(
        subscription=subscription,
        paid=Money(paid_minor, subscription.currency),
        access=[AccessLine(decision, sentences.why(decision, own)) for decision in decisions],
        access_summary=sentences.summary(decisions),
        history=_history(subscription, payments),
        actions=permissions[0],
        no_action=permissions[1],
        note=note or _note(subscription, change),
        change=change,
    )


def _note(subscription: Subscription, change: StatusChange | None) -> Note | None:
    if change is not None and change.state != ChangeState.DONE:
        return answers.about(change, subscription)
    if subscription.status == SubscriptionStatus.PAST_DUE:
        return _late(subscription)
    return None


def _late(subscription: Subscription) -> Note:
    count = subscription.failed_payments
    lead = ngettext("Un prélèvement a échoué.", "Le prélèvement a échoué %(num)s fois.", max(count, 1))
    owed = (
        _("Reste dû : %(amount)s.", amount=amount(subscription.outstanding)) if subscription.outstanding_minor else ""
    )
    return Note("late", "status-past_due", lead, f"{owed} {_('PayPal réessaie ; l’accès reste ouvert.')}".strip())


def _permissions(subscription: Subscription, *, may_change: bool, has_keys: bool) -> tuple[Sequence[Action], str]:
    """The actions to offer, and a sentence about those that are missing."""
    change = subscription.changes[0] if subscription.changes else None
    if not may_change:
        return (), _("Votre rôle permet de consulter cet abonnement, pas de le modifier.")
    if change is not None and not change.state.settled:
        return (), _("Une demande est en cours : les autres actions reviennent dès que PayPal a répondu.")
    if subscription.gateway == Gateway.PAYPAL and not has_keys:
        return (), _("Sans clés API PayPal, Kooneo ne peut pas arrêter les paiements de cet abonnement.")
    return actions_from(subscription.status), _missing(subscription.status)


def _missing(status: SubscriptionStatus) -> str:
    match status:
        case SubscriptionStatus.COMPLETED:
            return _("Cet abonnement est allé à son terme : il n'y a plus rien à arrêter.")
        case SubscriptionStatus.PENDING:
            return _("Il pourra être finalisé une fois que le client aura donné son accord.")
        case SubscriptionStatus.CANCELLED | SubscriptionStatus.ABANDONED:
            return _("Les paiements sont arrêtés : pour reprendre, le client souscrit de nouveau.")
        case _:
            return ""


def _history(subscription: Subscription, payments: Sequence[Payment]) -> list[HistoryLine]:
    """Newest first."""
    lines = [_payment_line(payment) for payment in payments]
    for change in subscription.changes:
        lines += _change_lines(change)
    start = _("Abonnement commencé") if subscription.status != SubscriptionStatus.PENDING else _("Abonnement demandé")
    where = _("chez PayPal") if subscription.gateway == Gateway.PAYPAL else _("hors de PayPal")
    lines.append(HistoryLine(subscription.started_at, start, f"{subscription.customer.name}, {where}", "live"))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _payment_line(payment: Payment) -> HistoryLine:
    source = "PayPal" if payment.paypal_transaction_id else _("Reçu hors de PayPal")
    if payment.state == PaymentState.COMPLETED:
        return HistoryLine(payment.at, _("Paiement reçu : %(amount)s", amount=amount(payment.amount)), source, "live")
    return HistoryLine(payment.at, _("Prélèvement refusé : %(amount)s", amount=amount(payment.amount)), source, "late")


def _change_lines(change: StatusChange) -> list[HistoryLine]:
    reason = _(" : « %(reason)s »", reason=change.reason) if change.reason else ""
    asked = HistoryLine(change.requested_at, words.requested(change.action) + reason, change.actor_name, "held")
    if not change.state.settled or change.settled_at is None:
        return [asked]
    if change.state == ChangeState.DONE and change.to_status:
        answer = _(" · PayPal a répondu : %(status)s", status=change.paypal_status) if change.paypal_status else ""
        became = words.label(change.to_status) + reason
        return [HistoryLine(change.settled_at, became, change.actor_name + answer, words.tone(change.to_status))]
    ended = (
        _("Refusé par PayPal, statut inchangé") if change.state == ChangeState.REFUSED else _("Resté sans réponse sûre")
    )
    return [HistoryLine(change.settled_at, ended, _debug(change), "cut"), asked]


def _debug(change: StatusChange) -> str:
    return _("PayPal, référence %(id)s", id=change.debug_id) if change.debug_id else "PayPal"
