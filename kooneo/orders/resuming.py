"""Taking up again: what may be, and on what terms. PayPal revives nothing that was cancelled, so it is another subscription."""

from dataclasses import replace

from sqlalchemy import select

from kooneo.catalog.models import Offer
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription
from kooneo.terms import Terms


class NotResumable(Exception):
    """It is not cancelled, never began, was taken up already, nothing is left of it, or nobody may propose it any more."""


def left_of(subscription: Subscription, offer: Offer) -> Terms:
    """Instalments go on as they were agreed, those that are left of them; whatever has no end is taken up on the offer's
    present terms, and what was kept of a commitment counts. Raises NotResumable."""
    if not subscription.resumable or is_taken_up(subscription):
        raise NotResumable
    if subscription.total_cycles:
        left = subscription.total_cycles - subscription.cycles_completed
        if left < 1:
            raise NotResumable
        return replace(subscription.terms, total_cycles=left, commitment_cycles=None)
    terms = offer.terms
    if terms.total_cycles:
        return terms  # it was sold without an end then, and is sold in instalments now
    return replace(terms, commitment_cycles=max((terms.commitment_cycles or 0) - _kept(subscription), 0) or None)


def _kept(subscription: Subscription) -> int:
    """Payments, with those of the ones that it goes on from."""
    kept = subscription.cycles_completed
    while subscription.follows_id:
        subscription = db.session.get_one(Subscription, subscription.follows_id)
        kept += subscription.cycles_completed
    return kept


def is_taken_up(subscription: Subscription) -> bool:
    """Another one has gone on from it, whatever became of that one since: it alone is taken up from then on."""
    following = db.session.scalars(select(Subscription).filter_by(follows_id=subscription.id))
    return any(one.began for one in following)


def may_be_resumed(subscription: Subscription, offer: Offer) -> bool:
    try:
        left_of(subscription, offer)
    except NotResumable:
        return False
    return offer.on_sale
