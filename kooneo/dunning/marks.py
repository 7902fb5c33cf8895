"""What the card of a subscription says of the notices. The card belongs to the domain, which knows nothing of them: its template
calls what is registered here."""

from flask import Flask

from kooneo.dunning import words
from kooneo.dunning.queries import last_message, tells
from kooneo.subscriptions.cards import Card


def init_app(app: Flask) -> None:
    app.jinja_env.globals["about_notices"] = about_notices


def about_notices(card: Card) -> str:
    """Beside « Client prévenu »; empty where no payment fails, or where there is nothing to say."""
    if card.arrears is None or card.arrears.since is None:
        return ""
    message = last_message(card.subscription, since=card.arrears.since)
    if message is not None:
        return words.told(message)
    return "" if card.arrears.received_otherwise or tells(card.subscription.merchant_id) else words.not_told()
