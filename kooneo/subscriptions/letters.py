"""The messages that tell a customer of an end. The dialog shows them before, the worker writes them afterwards: the same words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.language import calendar_of, day
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.subscriptions.consequences import ContentEffect, has_changed
from kooneo.subscriptions.lifecycle import ENDING, Action, Gateway, Standing, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, StatusChange, Subscription
from kooneo.subscriptions.references import contract_reference
from kooneo.subscriptions.words import price

_SUBJECTS = {
    SubscriptionStatus.COMPLETED: "Votre abonnement à « %(title)s » est allé à son terme",
    SubscriptionStatus.CANCELLED: "Votre abonnement à « %(title)s » est annulé",
    SubscriptionStatus.ABANDONED: "Votre abonnement à « %(title)s » est arrêté",
}
_WHAT = {
    SubscriptionStatus.COMPLETED: "Votre abonnement à « %(title)s » (%(price)s) est allé à son terme le %(day)s.",
    SubscriptionStatus.CANCELLED: "%(merchant)s a annulé votre abonnement à « %(title)s » (%(price)s) le %(day)s.",
    SubscriptionStatus.ABANDONED: "%(merchant)s a arrêté votre abonnement à « %(title)s » (%(price)s) le %(day)s.",
}
_WHAT_THEY_ASKED = _WHAT | {
    SubscriptionStatus.CANCELLED: "Comme vous l'avez demandé, votre abonnement à « %(title)s » (%(price)s) a pris fin le %(day)s.",
}


def may_tell(action: Action, standing: Standing) -> bool:
    """An end of what was in force is told; a correction, or going from one ended status to another, is the merchant's own
    affair."""
    return action in ENDING and not standing.status.ended


def tells_unless_declined(action: Action, standing: Standing) -> bool:
    """What a form begins with. Somebody who never agreed, or whom the merchant lets go in silence, is not written to."""
    return may_tell(action, standing) and action != Action.ABANDON and standing.status != SubscriptionStatus.PENDING


def letter_about_to_leave(
    subscription: Subscription, target: SubscriptionStatus, contents: Sequence[ContentEffect]
) -> Letter:
    """As it would read if it became `target` now. `subscription` must come from queries.of_customer or queries.complete."""
    merchant = merchant_of(subscription)
    with calendar_of(merchant.time_zone):
        what = _what(_WHAT, subscription, merchant, target, now())
        return _letter(subscription, merchant, target, subscription.status, what, contents)


def letter_of_the_end(subscription: Subscription, change: StatusChange, *, was: SubscriptionStatus) -> Letter:
    """Of what this change has ended, and was in this status the instant before. `subscription` as above."""
    merchant = merchant_of(subscription)
    words = _WHAT_THEY_ASKED if change.actor_kind == ActorKind.CUSTOMER else _WHAT
    with calendar_of(merchant.time_zone):
        what = _what(words, subscription, merchant, subscription.status, subscription.ended_at or now())
        return _letter(subscription, merchant, subscription.status, was, what, has_changed(subscription, was))


def merchant_of(subscription: Subscription) -> Merchant:
    return db.session.get_one(Merchant, subscription.merchant_id)


def _what(
    words: Mapping[SubscriptionStatus, str],
    subscription: Subscription,
    merchant: Merchant,
    target: SubscriptionStatus,
    ended_at: datetime,
) -> str:
    names = {"title": subscription.offer.title, "price": price(subscription.terms), "merchant": merchant.name}
    return _(words[target], day=day(ended_at), **names)


def _letter(
    subscription: Subscription,
    merchant: Merchant,
    target: SubscriptionStatus,
    was: SubscriptionStatus,
    what: str,
    contents: Sequence[ContentEffect],
) -> Letter:
    return compose(
        MailKind.ENDED_CUSTOMER,
        subject=_(_SUBJECTS[target], title=subscription.offer.title),
        name=subscription.customer.name,
        merchant=merchant,
        what=what,
        payments=what_is_charged(subscription.gateway, was),
        contents=contents,
        reference=contract_reference(subscription),
    )


def what_is_charged(gateway: Gateway, was: SubscriptionStatus) -> str:
    if gateway == Gateway.MANUAL:
        return _("Cet abonnement est payé hors de PayPal : il n'y a pas de prélèvement à arrêter.")
    if was == SubscriptionStatus.PENDING:
        return _("L'accord n'était pas encore donné à PayPal : rien n'est prélevé.")
    return _("PayPal a confirmé l'arrêt : aucun prélèvement n'aura plus lieu pour cet abonnement.")
