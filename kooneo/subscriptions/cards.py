"""What a subscription's card shows, worked out once for the record, the refreshed fragment and the answer to an action."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kooneo.access import sentences
from kooneo.access.decisions import Decision, decide_for
from kooneo.access.queries import grant_facts, subscription_facts
from kooneo.clock import now
from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.money import Money
from kooneo.settings.services import paypal_account, paypal_page
from kooneo.subscriptions import answers, queries
from kooneo.subscriptions.answers import Note
from kooneo.subscriptions.arrears import Arrears, arrears_of, how_often, what_comes, what_is_owed
from kooneo.subscriptions.history import HistoryLine, history
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus, actions_from, needs_paypal
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.remarks import Remark, remarks_on
from kooneo.subscriptions.services.unresolved import may_end_without_paypal


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
    locked_actions: Sequence[Action]
    """What could be done if the merchant had PayPal keys."""
    no_action: str
    """Why nothing (more) can be done, in words."""
    note: Note | None
    remarks: Sequence[Remark]
    """What other parts have to say of it."""
    arrears: Arrears | None
    """The payments that PayPal has not got; none where nothing fails."""
    change: StatusChange | None
    """The latest."""
    may_verify: bool
    may_record_payment: bool
    may_end_without_paypal: bool
    paypal_page: str
    """Where PayPal shows it to the merchant; empty when there is no such page."""

    @property
    def change_state(self) -> str:
        if self.change is None or self.change.state == ChangeState.DONE:
            return ""
        return self.change.state

    @property
    def matter(self) -> str:
        """The id under which it stands in the list of what needs a person; empty when it does not."""
        if self.subscription.charging:
            return "" if self.waiting else f"charging-{self.subscription.id}"
        change = self.change
        stranded = change is not None and change.state == ChangeState.NEEDS_ATTENTION and not change.given_up_at
        return f"change-{change.id}" if change and stranded else ""

    @property
    def keys_at_fault(self) -> bool:
        """The keys are what stands in the way: the note is followed by the way to them."""
        return self.change is not None and self.note is not None and answers.about_keys(self.change)

    @property
    def proposals_stopped(self) -> bool:
        return any(remark.stops_proposals for remark in self.remarks)

    @property
    def waiting(self) -> bool:
        return self.change is not None and not self.change.state.settled

    @property
    def version(self) -> str:
        """Changes with what the card says: a refresh that finds the same draws nothing."""
        change = self.change
        state = change and (change.id, change.state, change.attempts, change.settled_at, change.given_up_at)
        access = [(line.decision.content.id, line.decision.open, line.why) for line in self.access]
        facts = (
            self.subscription.status,
            self.subscription.unconfirmed,
            self.subscription.check_problem,
            state,
            access,
            self.paid,
            self.remarks,
            self.arrears,
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def of_customer(
    merchant_id: uuid.UUID,
    customer_id: uuid.UUID,
    *,
    may_change: bool,
    for_team: bool = True,
    notes: Mapping[uuid.UUID, Note] | None = None,
) -> list[Card]:
    """`notes` replaces a card's own note, by subscription: the answer to what was just asked."""
    rows = queries.of_customer(merchant_id, customer_id)
    remarks = remarks_on(rows) if for_team else {}
    return _draw(rows, merchant_id, customer_id, may_change, notes or {}, remarks)


def one(subscription: Subscription, *, may_change: bool, note: Note | None = None) -> Card:
    """One card, with the access that the customer's other rows give."""
    merchant_id, customer_id = subscription.merchant_id, subscription.customer_id
    notes = {subscription.id: note} if note else {}
    rows = queries.of_customer(merchant_id, customer_id)
    shown = [row for row in rows if row.id == subscription.id]
    return _draw(rows, merchant_id, customer_id, may_change, notes, remarks_on(shown), only=subscription.id)[0]


def _draw(
    rows: Sequence[Subscription],
    merchant_id: uuid.UUID,
    customer_id: uuid.UUID,
    may_change: bool,
    notes: Mapping[uuid.UUID, Note],
    remarks: Mapping[uuid.UUID, Sequence[Remark]],
    only: uuid.UUID | None = None,
) -> list[Card]:
    shown = [row for row in rows if only in (None, row.id)]
    ids = [row.id for row in shown]
    facts = {row.id: subscription_facts(row) for row in rows}
    grants = grant_facts(merchant_id, customer_id)
    payments, totals = queries.newest_payments(merchant_id, ids), queries.paid_totals(merchant_id, ids)
    account = paypal_account(merchant_id)
    cards = []
    for row in shown:
        decisions = decide_for(facts[row.id], list(facts.values()), grants, now())
        change = row.changes[0] if row.changes else None
        arrears = arrears_of(row, payments.get(row.id, []))
        actions, no_action = _permissions(row, change, may_change=may_change)
        locked = [action for action in actions if account is None and needs_paypal(action, row.standing)]
        card = Card(
            subscription=row,
            paid=Money(totals.get(row.id, 0), row.currency),
            access=[AccessLine(decision, sentences.why(decision, facts[row.id])) for decision in decisions],
            access_summary=sentences.summary(decisions),
            history=history(row, payments.get(row.id, []), rows),
            actions=[action for action in actions if action not in locked],
            locked_actions=locked,
            no_action=answers.keys_missing().lead if locked else no_action,
            note=notes.get(row.id) or _note(row, change, arrears),
            remarks=remarks.get(row.id, ()),
            arrears=arrears,
            change=change,
            may_record_payment=may_change
            and not row.status.ended
            and (row.gateway == Gateway.MANUAL or row.outstanding_minor > 0),
            may_verify=may_change and account is not None and row.gateway == Gateway.PAYPAL,
            may_end_without_paypal=may_end_without_paypal(row, change, has_keys=account is not None),
            paypal_page=paypal_page(account, row.paypal_id),
        )
        cards.append(card)
    return cards


def _note(subscription: Subscription, change: StatusChange | None, arrears: Arrears | None) -> Note | None:
    if change is not None and change.state != ChangeState.DONE and not change.given_up_at:
        return answers.about(change, subscription)
    if found := answers.about_check(subscription):
        return found
    if subscription.unconfirmed:
        return answers.unconfirmed()
    if arrears is not None:
        return _failing(subscription, arrears)
    if subscription.paused:
        return _pause(subscription)
    return None


def _pause(subscription: Subscription) -> Note:
    until = subscription.resume_on
    resumes = (
        _("Les paiements reprennent le %(day)s.", day=day(until))
        if until
        else _("Aucune date de reprise n'est prévue.")
    )
    return Note("held", f"status-{subscription.status}", _("En pause."), resumes)


def _failing(subscription: Subscription, arrears: Arrears) -> Note:
    """The lead tells since when and how often, the rest what comes of it."""
    last = arrears.failures > 1 and arrears.last_at
    said = [
        _("Le dernier le %(day)s.", day=day(last)) if last else "",
        what_is_owed(subscription),
        what_comes(subscription),
        _("Le paiement a été reçu autrement : le client n'est plus relancé.") if arrears.received_otherwise else "",
    ]
    tone = "late" if subscription.status.opens_content else "held"
    return Note(tone, f"status-{subscription.status}", how_often(arrears), " ".join(filter(None, said)))


def _permissions(
    subscription: Subscription, change: StatusChange | None, *, may_change: bool
) -> tuple[Sequence[Action], str]:
    """The actions to offer, and a sentence about those that are missing."""
    if not may_change:
        return (), _("Votre rôle permet de consulter cet abonnement, pas de le modifier.")
    if change is not None and not change.state.settled:
        return (), _("Une demande est en cours : les autres actions reviennent dès que PayPal a répondu.")
    return actions_from(subscription.standing), _missing(subscription)


def _missing(subscription: Subscription) -> str:
    match subscription.status:
        case _ if subscription.gateway == Gateway.MANUAL or subscription.unconfirmed or subscription.charging:
            return ""
        case SubscriptionStatus.COMPLETED:
            return _("Cet abonnement est allé à son terme : il n'y a plus rien à arrêter.")
        case SubscriptionStatus.SUSPENDED if not subscription.paused:
            return _("Il est suspendu chez PayPal : pour le faire repartir, ouvrez-le dans votre compte PayPal.")
        case SubscriptionStatus.PENDING:
            return _("Il pourra être finalisé une fois que le client aura donné son accord.")
        case SubscriptionStatus.CANCELLED | SubscriptionStatus.ABANDONED:
            return _("Les paiements sont arrêtés : pour reprendre, le client souscrit de nouveau.")
        case _:
            return ""
