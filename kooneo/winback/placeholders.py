"""What a merchant may write between double braces in a proposal, and what is put there."""

import re
from collections.abc import Callable, Mapping

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Offer
from kooneo.language import day
from kooneo.orders.resuming import NotResumable, left_of
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.words import price

Fact = Callable[[Subscription, Merchant, Offer | None], str]
"""Given the offer that is proposed, where it is another than the customer had."""

PLACEHOLDERS: Mapping[str, Fact] = {
    "prénom": lambda subscription, _merchant, _offer: subscription.customer.given_name or subscription.customer.name,
    "nom": lambda subscription, _merchant, _offer: subscription.customer.family_name or subscription.customer.name,
    "abonnement": lambda subscription, _merchant, _offer: subscription.offer.title,
    "offre": lambda subscription, _merchant, offer: (offer or subscription.offer).title,
    "prix": lambda subscription, _merchant, offer: price(offer.terms) if offer else price_again(subscription),
    "date de fin": lambda subscription, _merchant, _offer: day(subscription.ended_at) if subscription.ended_at else "",
    "marchand": lambda _subscription, merchant, _offer: merchant.name,
}

_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def unknown(text: str) -> str | None:
    """The first thing between double braces, or half of them, that nothing can be put for."""
    for written in _BRACES.findall(text):
        if _name(written) not in PLACEHOLDERS:
            return f"{{{{{written}}}}}"
    left = _BRACES.sub("", text)
    return next((braces for braces in ("{{", "}}") if braces in left), None)


def fill(text: str, subscription: Subscription, merchant: Merchant, offer: Offer | None) -> str:
    """`subscription` with its customer and offer. What is put in is not looked through again: a name may hold braces."""
    return _BRACES.sub(lambda found: PLACEHOLDERS[_name(found[1])](subscription, merchant, offer), text)


def price_again(subscription: Subscription) -> str:
    """Of what is left of it, or of what its offer sells where nothing is taken up again. `subscription` with its offer."""
    try:
        return price(left_of(subscription, subscription.offer))
    except NotResumable:
        return price(subscription.offer.terms)


def _name(written: str) -> str:
    return " ".join(written.split()).lower()
