"""The message that tells a customer of an end. The dialog shows it before, the worker writes it afterwards: the same words."""

from collections.abc import Sequence
from datetime import datetime

from kooneo.accounts.models import Merchant
from kooneo.accounts.queries import owner_address
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.language import calendar_of, day
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.subscriptions.consequences import ContentEffect, has_changed
from kooneo.subscriptions.lifecycle import ENDING, Action, Gateway, Standing, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
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
    merchant = _merchant(subscription)
    with calendar_of(merchant.time_zone):
        return _letter(subscription, merchant, target, subscription.status, now(), contents)


def letter_of_the_end(subscription: Subscription, *, was: SubscriptionStatus) -> Letter:
    """Of what has ended, and was in this status the instant before. `subscription` as above."""
    merchant, ended_at = _merchant(subscription), subscription.ended_at or now()
    with calendar_of(merchant.time_zone):
        return _letter(subscription, merchant, subscription.status, was, ended_at, has_changed(subscription, was))


def _merchant(subscription: Subscription) -> Merchant:
    return db.session.get_one(Merchant, subscription.merchant_id)


def _letter(
    subscription: Subscription,
    merchant: Merchant,
    target: SubscriptionStatus,
    was: SubscriptionStatus,
    ended_at: datetime,
    contents: Sequence[ContentEffect],
) -> Letter:
    names = {"title": subscription.offer.title, "price": price(subscription.terms), "merchant": merchant.name}
    return compose(
        MailKind.ENDED_CUSTOMER,
        subject=_(_SUBJECTS[target], **names),
        name=subscription.customer.name,
        merchant=merchant.name,
        contact=owner_address(merchant.id),
        what=_(_WHAT[target], day=day(ended_at), **names),
        payments=_payments(subscription.gateway, was),
        contents=contents,
        reference=reference(subscription),
    )


def _payments(gateway: Gateway, was: SubscriptionStatus) -> str:
    if gateway == Gateway.MANUAL:
        return _("Cet abonnement est payé hors de PayPal : il n'y a pas de prélèvement à arrêter.")
    if was == SubscriptionStatus.PENDING:
        return _("Vous n'aviez pas encore donné votre accord à PayPal : rien n'est prélevé.")
    return _("PayPal a confirmé l'arrêt : aucun prélèvement n'aura plus lieu pour cet abonnement.")


def reference(subscription: Subscription) -> str:
    """What the customer quotes: PayPal's reference, which stands on their own statements too, or ours."""
    return subscription.paypal_id or str(subscription.id)[:8].upper()
