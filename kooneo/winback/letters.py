"""The proposals as they are read: the merchant's own words, then the way back and the way out, which are always there."""

import uuid
from dataclasses import replace

from kooneo.accounts.models import Merchant
from kooneo.language import calendar_of
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.orders.resuming import left_of
from kooneo.orders.words import commitment
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.words import price
from kooneo.winback.links import again_url, stop_url
from kooneo.winback.placeholders import fill
from kooneo.winback.series import Template, other_offer


def of_the_series(template: Template, subscription: Subscription, merchant: Merchant, message_id: uuid.UUID) -> Letter:
    """`subscription` with its customer and offer."""
    with calendar_of(merchant.time_zone):
        offer = other_offer(template)
        subject = fill(template.subject, subscription, merchant, offer)
        return _proposal(subject, fill(template.text, subscription, merchant, offer), merchant, message_id)


def by_hand(subscription: Subscription, merchant: Merchant, message_id: uuid.UUID) -> Letter:
    """`subscription` with its customer and offer. Raises orders.resuming.NotResumable."""
    terms, title = left_of(subscription, subscription.offer), subscription.offer.title
    stopped = _("Votre abonnement à « %(title)s » s'est arrêté.", title=title)
    paragraphs = (
        _("Bonjour %(name)s,", name=subscription.customer.name),
        f"{stopped} {_('Si vous le souhaitez, vous pouvez le reprendre : %(price)s.', price=price(terms))}",
        commitment(terms) if terms.agreed_cycles else _("Sans engagement : vous arrêtez quand vous voulez."),
        _("Si vous ne faites rien, rien n'est prélevé."),
    )
    subject = _("Reprendre votre abonnement à « %(title)s » ?", title=title)
    return _proposal(subject, "\n\n".join(paragraphs), merchant, message_id)


def _proposal(subject: str, text: str, merchant: Merchant, message_id: uuid.UUID) -> Letter:
    stop = stop_url(merchant, message_id)
    letter = compose(
        MailKind.PROPOSAL,
        subject=subject,
        merchant=merchant,
        text=text,
        paragraphs=text.split("\n\n"),
        again=again_url(merchant, message_id),
        stop=stop,
    )
    return replace(letter, unsubscribe_url=stop)
