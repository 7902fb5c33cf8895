"""Taking products and offers out of the catalogue, and back. What was sold goes on as it was agreed."""

from typing import Any, TypeVar

from sqlalchemy import select, update

from kooneo.catalog.models import Offer, OfferProduct, Product
from kooneo.catalog.services.locking import locked
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record

Sold = TypeVar("Sold", Product, Offer)


def archive_product(product: Product, *, by: Actor) -> None:
    """Its offers are no longer for sale. Running subscriptions, and what stayed open after an end, are left alone."""
    _set_archived(product, True, by)


def restore_product(product: Product, *, by: Actor) -> None:
    """Its offers stay off sale until somebody puts them on sale again."""
    _set_archived(product, False, by)


def archive_offer(offer: Offer, *, by: Actor) -> None:
    """Nobody can buy it any more. Its subscriptions go on as they were agreed."""
    _set_archived(offer, True, by)


def restore_offer(offer: Offer, *, by: Actor) -> None:
    """It stays off sale until somebody puts it on sale again."""
    _set_archived(offer, False, by)


def _set_archived(thing: Sold, archived: bool, by: Actor) -> None:
    """What is so already stays as it is."""
    kind = "product" if isinstance(thing, Product) else "offer"
    merchant_id, thing_id = thing.merchant_id, thing.id
    with transaction():
        thing = locked(type(thing), merchant_id, thing_id)
        if (thing.archived_at is not None) == archived:
            return
        thing.archived_at = now() if archived else None
        if archived:
            _take_off_sale(thing)
        event = f"{kind}.{'archived' if archived else 'restored'}"
        details: dict[str, Any] = {kind: thing.title}
        record(merchant_id, event, by=by, subject_id=thing_id, **details)


def _take_off_sale(thing: Product | Offer) -> None:
    if isinstance(thing, Offer):
        thing.for_sale = False
        return
    its_offers = select(OfferProduct.offer_id).where(OfferProduct.product_id == thing.id)
    db.session.execute(update(Offer).where(Offer.id.in_(its_offers)).values(for_sale=False))
