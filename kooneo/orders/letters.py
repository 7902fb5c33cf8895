"""What is written to somebody who has subscribed."""

from flask import current_app

from kooneo.accounts.models import Merchant
from kooneo.language import calendar_of, day
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.orders.models import Order
from kooneo.orders.words import commitment, withdrawal
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference
from kooneo.subscriptions.words import price


def already_subscribed(subscription: Subscription, merchant: Merchant) -> Letter:
    """Before anything is paid twice. `subscription` is the one that runs, from subscriptions.queries.complete."""
    return compose(
        MailKind.ALREADY_SUBSCRIBED,
        subject=_("Vous avez déjà un abonnement à « %(title)s »", title=subscription.offer.title),
        name=subscription.customer.name,
        merchant=merchant,
        title=subscription.offer.title,
        since=day(subscription.contracted_on),
        link=f"{current_app.config['SETTINGS'].base_url}/portal/{merchant.slug}/contents",
    )


def confirmation(order: Order, subscription: Subscription, merchant: Merchant) -> Letter:
    """Of the contract and its terms. `subscription` must come from subscriptions.queries.complete."""
    with calendar_of(merchant.time_zone):
        facts = [
            (_("Abonnement"), subscription.offer.title),
            (_("Prix"), price(subscription.terms)),
            (_("Engagement"), commitment(subscription.terms)),
            (_("Conclu le"), day(subscription.contracted_on)),
            (_("Référence"), contract_reference(subscription)),
        ]
        return compose(
            MailKind.ORDER_CONFIRMED,
            subject=_("Votre abonnement à « %(title)s »", title=subscription.offer.title),
            name=subscription.customer.name,
            merchant=merchant,
            facts=facts,
            consent=order.consent,
            withdrawal=withdrawal(subscription.contracted_on, merchant.time_zone, lost=bool(order.consent)),
            link=f"{current_app.config['SETTINGS'].base_url}/portal/{merchant.slug}/contents",
        )
