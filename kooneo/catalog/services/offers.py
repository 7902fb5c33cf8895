"""Offers: what is asked for which products."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Offer, OfferProduct
from kooneo.catalog.services.locking import id_from, locked
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.terms import Terms


@dataclass(frozen=True)
class OfferDraft:
    title: str
    product_ids: frozenset[uuid.UUID]
    """The merchant's own, one at least."""
    terms: Terms
    for_sale: bool


def create_offer(merchant: Merchant, draft: OfferDraft, *, form_key: str, by: Actor) -> Offer:
    merchant_id = merchant.id
    offer_id = id_from(merchant_id, form_key)
    with transaction():
        db.session.get_one(Merchant, merchant_id, with_for_update=True)  # the same form, at this very moment
        if existing := db.session.get(Offer, offer_id):
            return existing
        offer = Offer(id=offer_id, merchant_id=merchant_id)
        _fill(offer, draft)
        db.session.add(offer)
        db.session.flush()
        _sell(offer, draft.product_ids)
        record(merchant_id, "offer.created", by=by, subject_id=offer_id, after=_asked(draft.terms), offer=draft.title)
    return offer


def change_offer(offer: Offer, draft: OfferDraft, *, by: Actor) -> None:
    """For whoever subscribes from now on: a subscription has its own copy of the terms."""
    merchant_id, offer_id = offer.merchant_id, offer.id
    with transaction():
        offer = locked(Offer, merchant_id, offer_id)
        terms = offer.terms
        previous = OfferDraft(offer.title, frozenset(_sold_by(offer_id)), terms, offer.for_sale)
        if previous == draft:
            return
        if terms != draft.terms:
            offer.paypal_plan_id = None
        _fill(offer, draft)
        _sell(offer, draft.product_ids)
        record(
            merchant_id,
            "offer.changed",
            by=by,
            subject_id=offer_id,
            before=_asked(terms),
            after=_asked(draft.terms),
            offer=draft.title,
            previous_title=previous.title if previous.title != draft.title else None,
        )


def _fill(offer: Offer, draft: OfferDraft) -> None:
    terms = draft.terms
    offer.title, offer.for_sale = draft.title, draft.for_sale and offer.archived_at is None
    offer.price_minor, offer.currency = terms.price.minor, terms.price.currency
    offer.interval, offer.interval_count = terms.interval, terms.interval_count
    offer.total_cycles, offer.commitment_cycles = terms.total_cycles, terms.commitment_cycles


def _sell(offer: Offer, product_ids: frozenset[uuid.UUID]) -> None:
    sold = frozenset(_sold_by(offer.id))
    gone = delete(OfferProduct).where(
        OfferProduct.offer_id == offer.id, OfferProduct.product_id.in_(sold - product_ids)
    )
    db.session.execute(gone)
    db.session.add_all(OfferProduct(offer_id=offer.id, product_id=product) for product in product_ids - sold)


def _sold_by(offer_id: uuid.UUID) -> Sequence[uuid.UUID]:
    return db.session.scalars(select(OfferProduct.product_id).filter_by(offer_id=offer_id)).all()


def _asked(terms: Terms) -> str:
    """`49.00 EUR / 1 month x 12`."""
    times = f" x {terms.total_cycles}" if terms.total_cycles else ""
    return f"{terms.price} {terms.price.currency} / {terms.interval_count} {terms.interval}{times}"
