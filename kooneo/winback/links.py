"""The addresses in a proposal. Each carries the message's id under Kooneo's signature: nobody can make one up."""

import uuid

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Offer
from kooneo.orders.resuming import may_be_resumed
from kooneo.subscriptions.models import Subscription


def token_of(message_id: uuid.UUID) -> str:
    token: str = _signer().dumps(message_id.hex)
    return token


def read(token: str) -> uuid.UUID | None:
    """The message that it names; none when the signature is not ours."""
    try:
        return uuid.UUID(_signer().loads(token))
    except BadSignature:
        return None


def again_url(merchant: Merchant, message_id: uuid.UUID) -> str:
    """The page that proposes to take up again."""
    return f"{_portal(merchant)}/offers/again/{token_of(message_id)}"


def order_url(merchant: Merchant, subscription: Subscription, offer: Offer) -> str:
    """Where it is taken up again, on what is left of it; or where one subscribes anew: to another offer, or once it is not
    cancelled any more. `subscription` with its offer."""
    if resumes(subscription, offer):
        return url_for("resumption.show", merchant_slug=merchant.slug, subscription_id=subscription.id)
    return url_for("orders.show", merchant_slug=merchant.slug, slug=offer.slug)


def resumes(subscription: Subscription, offer: Offer) -> bool:
    return offer.id == subscription.offer_id and may_be_resumed(subscription, offer)


def stop_url(merchant: Merchant, message_id: uuid.UUID) -> str:
    """ "Ne plus me le proposer"."""
    return f"{_portal(merchant)}/unsubscribe/{token_of(message_id)}"


def _portal(merchant: Merchant) -> str:
    return f"{current_app.config['SETTINGS'].base_url}/portal/{merchant.slug}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SETTINGS"].secret_key, salt="winback")
