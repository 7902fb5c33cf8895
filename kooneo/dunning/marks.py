"""What the card of a subscription says of the notices. The card belongs to the domain, which knows nothing of them: its template
calls what is registered here."""

from flask import Flask

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.dunning import words
from kooneo.dunning.guard import concerned, why_not
from kooneo.dunning.models import Refusal
from kooneo.dunning.queries import last_message
from kooneo.extensions import db
from kooneo.quiet_hours import next_opening
from kooneo.subscriptions.cards import Card
from kooneo.subscriptions.models import Subscription


def init_app(app: Flask) -> None:
    app.jinja_env.globals["about_notices"] = about_notices


def about_notices(card: Card) -> str:
    """Beside « Client prévenu »; empty where no payment fails, or where there is nothing to say."""
    if card.arrears is None or card.arrears.since is None:
        return ""
    message = last_message(card.subscription, since=card.arrears.since)
    return words.told(message) if message else _not_yet(card.subscription)


def _not_yet(subscription: Subscription) -> str:
    failed_at = subscription.last_failed_payment_at
    if failed_at is None:
        return ""
    match why_not(subscription, concerned(subscription), failed_at):
        case None:
            zone = db.session.get_one(Merchant, subscription.merchant_id).time_zone
            return words.soon(next_opening(now(), zone))
        case Refusal.OFF:
            return words.switched_off()
        case _:
            return ""
