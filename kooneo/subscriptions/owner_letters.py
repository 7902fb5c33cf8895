"""The messages that tell the owner of an end that nobody in the back office asked for."""

from collections.abc import Sequence

from flask import current_app

from kooneo.clock import now
from kooneo.language import calendar_of, day
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.subscriptions.letters import merchant_of, what_is_charged
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.references import contract_reference
from kooneo.subscriptions.words import label

_ALONE = (
    "%(customer)s a mis fin à « %(title)s »",
    "%(customer)s a mis fin à son abonnement à « %(title)s » le %(day)s.",
)
_AT_PAYPAL = (
    "L'abonnement de %(customer)s à « %(title)s » a été annulé chez PayPal",
    "L'abonnement de %(customer)s à « %(title)s » a été annulé chez PayPal le %(day)s, sans passer par Kooneo. "
    "Le client l'a fait depuis son compte PayPal, ou quelqu'un depuis le vôtre : PayPal ne dit pas qui.",
)


def of_an_end_alone(subscription: Subscription, change: StatusChange, *, was: SubscriptionStatus) -> Letter:
    """A customer has ended it in their space. `subscription` must come from queries.complete."""
    reason = (_("Motif"), change.reason or _("aucun n'a été donné"))
    withdrawn = (_("Rétractation"), _("ce qui a été payé est à rembourser, voyez « À traiter »"))
    return _letter(_ALONE, subscription, [reason, *([withdrawn] if subscription.withdrawn_at else [])], was)


def of_an_end_at_paypal(subscription: Subscription, *, was: SubscriptionStatus) -> Letter:
    """`subscription` as above."""
    return _letter(_AT_PAYPAL, subscription, [], was)


def _letter(
    words: tuple[str, str], subscription: Subscription, more: Sequence[tuple[str, str]], was: SubscriptionStatus
) -> Letter:
    merchant, customer = merchant_of(subscription), subscription.customer
    subject, what = words
    names = {"customer": customer.name, "title": subscription.offer.title}
    record = f"{current_app.config['SETTINGS'].base_url}/customers/{customer.id}/subscriptions"
    with calendar_of(merchant.time_zone):
        return compose(
            MailKind.ENDED_MERCHANT,
            subject=_(subject, **names),
            name=customer.name,
            merchant=merchant,
            to_customer=False,
            what=_(what, day=day(subscription.ended_at or now()), **names),
            facts=[
                (_("Statut"), label(subscription.status)),
                (_("Adresse e-mail"), customer.email),
                (_("Référence"), contract_reference(subscription)),
                *more,
            ],
            payments=what_is_charged(subscription.gateway, was),
            link=f"{record}#subscription-{subscription.id}",
        )
