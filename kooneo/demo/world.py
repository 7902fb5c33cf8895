"""The two merchants: their teams, their PayPal keys, what they sell."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO

from kooneo.accounts.models import Merchant
from kooneo.accounts.services import add_member
from kooneo.catalog.models import Content, Offer, OfferProduct, Product
from kooneo.clock import now
from kooneo.demo import customers
from kooneo.demo.artwork import washes
from kooneo.demo.bodies import BODIES, BodyPlan, FilePlan
from kooneo.demo.catalogue import ATELIER_LUMIERE, PASSWORD, STUDIO_VOISIN, MerchantPlan
from kooneo.demo.customers import CustomerPlan
from kooneo.demo.rows import identify, member_identity, plan_reference
from kooneo.extensions import db
from kooneo.files.kinds import Accepted
from kooneo.files.pictures import MEDIA_TYPE, draw
from kooneo.files.services import on_disk
from kooneo.paypal import Environment
from kooneo.settings.services import save_paypal_keys

_OPENED = timedelta(days=1500)


def create_merchants() -> Iterator[tuple[MerchantPlan, Sequence[CustomerPlan]]]:
    """In the caller's transaction: each merchant, and the customers it must have."""
    for plan, people in (
        (ATELIER_LUMIERE, (*customers.NAMED, *customers.TO_SEE_TO)),
        (STUDIO_VOISIN, customers.voisin()),
    ):
        _create_merchant(plan)
        db.session.flush()
        yield plan, people


def _create_merchant(plan: MerchantPlan) -> None:
    merchant = Merchant(
        id=identify(plan.slug), slug=plan.slug, name=plan.name, created_at=now() - _OPENED, welcomed_at=now() - _OPENED
    )
    db.session.add(merchant)
    db.session.flush()
    for member in plan.members:
        added = add_member(merchant, name=member.name, email=member.email, password=PASSWORD, role=member.role)
        added.id = member_identity(member)
    save_paypal_keys(merchant.id, client_id=plan.client_id, secret=plan.client_secret, environment=Environment.SANDBOX)
    _create_products(plan)
    _create_offers(plan)


def _create_products(plan: MerchantPlan) -> None:
    for product in plan.products:
        product_id = identify(plan.slug, "product", product.key)
        large, small = _pictures(plan, product.key, product_id)
        db.session.add(
            Product(
                id=product_id,
                merchant_id=identify(plan.slug),
                title=product.title,
                description=product.description,
                access_after_completion=product.after_completion,
                access_after_cancellation=product.after_cancellation,
                picture_large_id=large,
                picture_small_id=small,
                created_at=now() - _OPENED,
            )
        )
        db.session.flush()
        for position, (days, title) in enumerate(product.contents, 1):
            held = BODIES.get((product.key, position), BodyPlan())
            content_id = identify(plan.slug, "content", product.key, str(position))
            db.session.add(
                Content(
                    id=content_id,
                    merchant_id=identify(plan.slug),
                    product_id=product_id,
                    title=title,
                    position=position,
                    unlock_after_days=days,
                    text=held.text,
                    video_url=held.video_url,
                    file_id=_store(plan, content_id, held.file) if held.file else None,
                )
            )


def _pictures(plan: MerchantPlan, key: str, product_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    drawn = draw(BytesIO(washes(key)))
    large, small = (FilePlan(f"{size}.webp", MEDIA_TYPE, getattr(drawn, size)) for size in ("large", "small"))
    return _store(plan, product_id, large), _store(plan, product_id, small)


def _store(plan: MerchantPlan, owner: uuid.UUID, file: FilePlan) -> uuid.UUID:
    """In the caller's transaction. The same file again takes the place of the one before."""
    accepted = Accepted(BytesIO(file.data), file.name, file.media_type)
    stored = on_disk(identify(plan.slug), identify(str(owner), file.name), accepted)
    db.session.add(stored)
    db.session.flush()
    return stored.id


def _create_offers(plan: MerchantPlan) -> None:
    for offer in plan.offers:
        offer_id = identify(plan.slug, "offer", offer.key)
        db.session.add(
            Offer(
                id=offer_id,
                merchant_id=identify(plan.slug),
                title=offer.title,
                paypal_plan_id=plan_reference(plan, offer),
                price_minor=offer.price_minor,
                currency=offer.terms.price.currency,
                interval=offer.interval,
                interval_count=offer.interval_count,
                total_cycles=offer.total_cycles,
                commitment_cycles=offer.commitment_cycles,
            )
        )
        db.session.flush()
        for key in offer.products:
            db.session.add(OfferProduct(offer_id=offer_id, product_id=identify(plan.slug, "product", key)))
