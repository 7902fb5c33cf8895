"""The proposals as they are read: the merchant's own words, then the way back and the way out, which are always there."""

import uuid
from dataclasses import replace

from kooneo.accounts.models import Merchant
from kooneo.language import calendar_of
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.subscriptions.models import Subscription
from kooneo.winback.links import again_url, stop_url
from kooneo.winback.placeholders import fill
from kooneo.winback.series import Template


def proposal(template: Template, subscription: Subscription, merchant: Merchant, message_id: uuid.UUID) -> Letter:
    """`subscription` with its customer and offer."""
    stop = stop_url(merchant, message_id)
    with calendar_of(merchant.time_zone):
        text = fill(template.text, subscription, merchant)
        letter = compose(
            MailKind.PROPOSAL,
            subject=fill(template.subject, subscription, merchant),
            merchant=merchant,
            text=text,
            paragraphs=text.split("\n\n"),
            again=again_url(merchant, message_id),
            stop=stop,
        )
    return replace(letter, unsubscribe_url=stop)
