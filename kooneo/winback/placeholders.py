"""What a merchant may write between double braces in a proposal, and what is put there."""

import re
from collections.abc import Callable, Mapping

from kooneo.accounts.models import Merchant
from kooneo.language import day
from kooneo.orders.resuming import NotResumable, left_of
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.words import price

Fact = Callable[[Subscription, Merchant], str]

PLACEHOLDERS: Mapping[str, Fact] = {
    "prénom": lambda subscription, _merchant: subscription.customer.given_name or subscription.customer.name,
    "nom": lambda subscription, _merchant: subscription.customer.family_name or subscription.customer.name,
    "abonnement": lambda subscription, _merchant: subscription.offer.title,
    "prix": lambda subscription, _merchant: price_again(subscription),
    "date de fin": lambda subscription, _merchant: day(subscription.ended_at) if subscription.ended_at else "",
    "marchand": lambda _subscription, merchant: merchant.name,
}

_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def unknown(text: str) -> str | None:
    """The first thing between double braces, or half of them, that nothing can be put for."""
    for written in _BRACES.findall(text):
        if _name(written) not in PLACEHOLDERS:
            return f"{{{{{written}}}}}"
    left = _BRACES.sub("", text)
    return next((braces for braces in ("{{", "}}") if braces in left), None)


def fill(text: str, subscription: Subscription, merchant: Merchant) -> str:
    """`subscription` with its customer and offer. What is put in is not looked through again: a name may hold braces."""
    return _BRACES.sub(lambda found: PLACEHOLDERS[_name(found[1])](subscription, merchant), text)


def price_again(subscription: Subscription) -> str:
    """Of what is left of it, or of what its offer sells where nothing is taken up again. `subscription` with its offer."""
    try:
        return price(left_of(subscription, subscription.offer))
    except NotResumable:
        return price(subscription.offer.terms)


def _name(written: str) -> str:
    return " ".join(written.split()).lower()
