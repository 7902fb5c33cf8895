"""What "Mes abonnements" shows of each contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kooneo.clock import local_date
from kooneo.customers.models import Customer
from kooneo.language import clock_time, day
from kooneo.language import gettext as _
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.periods import withdrawal_ends_at
from kooneo.legal.queries import refund_of, standing_termination, verified_requests
from kooneo.legal.services.carry_out import may_withdraw
from kooneo.orders.models import Order
from kooneo.orders.queries import awaiting_agreement
from kooneo.orders.resuming import is_taken_up, may_be_resumed
from kooneo.portal import words
from kooneo.portal.self_service import commitment_ends_on
from kooneo.renewals.queries import Renewals, renewals_of
from kooneo.renewals.words import for_customer
from kooneo.settings.services import automatic_payments_page, paypal_account
from kooneo.subscriptions import cards
from kooneo.subscriptions.cards import Card
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference


@dataclass(frozen=True)
class Withdrawal:
    """The right to withdraw, while it lasts."""

    last_day: date
    """To its end, in the merchant's time zone."""
    refund: str | None


@dataclass(frozen=True)
class Contract:
    card: Card
    reference: str
    situation: str
    """Its status in plain words."""
    after_the_end: str
    """What becomes of the payments once it has ended."""
    put_right: str
    """Where the customer sets the payment right at PayPal; empty where none fails."""
    under_way: str
    """What was asked for and is not done yet; empty when there is nothing."""
    request: LegalRequest | None
    """What the customer declared last of it, and can read again."""
    commitment_ends_on: date | None
    renewal: str
    """What the customer has to know of its tacit renewal."""
    order: Order | None
    """It waits for the customer's agreement at PayPal."""
    may_end: bool
    may_resume: bool
    taken_up: bool
    """Another one has gone on from it."""
    resuming: bool
    """Another one is to go on from it, and waits for the customer's agreement."""
    withdrawal: Withdrawal | None


def contracts_of(customer: Customer, time_zone: str) -> list[Contract]:
    held = cards.of_customer(customer.merchant_id, customer.id, may_change=False, for_team=False)
    declared = verified_requests(customer.merchant_id, [card.subscription.id for card in held])
    sells = paypal_account(customer.merchant_id) is not None
    renewals = renewals_of([card.subscription for card in held])
    orders = awaiting_agreement([card.subscription.id for card in held])
    resuming = {card.subscription.follows_id for card in held if card.subscription.status == SubscriptionStatus.PENDING}
    return [
        _contract(
            card,
            declared[card.subscription.id],
            renewals.get(card.subscription.id, Renewals()),
            time_zone,
            order=orders.get(card.subscription.id),
            resuming=card.subscription.id in resuming,
            sells=sells,
        )
        for card in held
    ]


def withdrawal_of(subscription: Subscription, time_zone: str) -> Withdrawal | None:
    if not may_withdraw(subscription, time_zone):
        return None
    last_instant = withdrawal_ends_at(subscription.contracted_on, time_zone) - timedelta(microseconds=1)
    return Withdrawal(local_date(last_instant, time_zone), refund_of(subscription))


def _contract(
    card: Card,
    declared: Sequence[LegalRequest],
    renewals: Renewals,
    time_zone: str,
    *,
    order: Order | None,
    resuming: bool,
    sells: bool,
) -> Contract:
    subscription = card.subscription
    standing = next((each for each in declared if _is_standing(each, subscription)), None)
    ending = subscription.status.ended or subscription.withdrawn_at or standing_termination(subscription, declared)
    return Contract(
        card=card,
        reference=contract_reference(subscription),
        situation=words.situation(card),
        after_the_end=words.payments_after_the_end(subscription),
        put_right=_put_right(card),
        under_way=_under_way(card, standing),
        request=standing or next(iter(declared), None),
        commitment_ends_on=commitment_ends_on(subscription, time_zone),
        renewal=for_customer(renewals),
        order=order,
        may_end=not ending,
        may_resume=sells and may_be_resumed(subscription, subscription.offer) and not resuming,
        taken_up=is_taken_up(subscription),
        resuming=resuming,
        withdrawal=withdrawal_of(subscription, time_zone),
    )


def _put_right(card: Card) -> str:
    if card.arrears is None or card.arrears.received_otherwise:
        return ""
    return automatic_payments_page(paypal_account(card.subscription.merchant_id))


def _is_standing(request: LegalRequest, subscription: Subscription) -> bool:
    """A withdrawal is, until the money is back; a termination until the contract has ended."""
    if request.settled_at:
        return False
    return request.kind == RequestKind.WITHDRAWAL or not subscription.status.ended


def _under_way(card: Card, standing: LegalRequest | None) -> str:
    if standing is not None:
        return _declared(standing, card)
    if card.change is not None and card.waiting:
        return f"{words.asked(card.change)} {words.not_confirmed_yet()}"
    return ""


def _declared(request: LegalRequest, card: Card) -> str:
    moment = {"day": day(request.received_at), "time": clock_time(request.received_at)}
    if request.kind == RequestKind.WITHDRAWAL and card.subscription.withdrawn_at:
        return _("Vous avez renoncé à ce contrat le %(day)s à %(time)s.", **moment)
    if request.kind == RequestKind.WITHDRAWAL:
        asked = _("Vous avez demandé à renoncer à ce contrat le %(day)s à %(time)s.", **moment)
        return f"{asked} {_('Il reste à vérifier que vous pouviez encore y renoncer.')}"
    asked = _("Vous avez demandé la résiliation le %(day)s à %(time)s.", **moment)
    if request.wished_on:
        return f"{asked} {_('La fin est demandée pour le %(day)s.', day=day(request.wished_on))}"
    return f"{asked} {words.not_confirmed_yet() if card.waiting else _('Elle doit être traitée avant le prochain prélèvement.')}"
