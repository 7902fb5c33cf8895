"""The picture of a product, in two sizes."""

import io
import uuid

from kooneo.catalog.models import Product
from kooneo.catalog.services.locking import locked
from kooneo.extensions import transaction
from kooneo.files.kinds import Accepted
from kooneo.files.pictures import MEDIA_TYPE, Drawn
from kooneo.files.services import keep
from kooneo.journal.services import Actor, record


def change_picture(product: Product, drawn: Drawn | None, *, alt: str, by: Actor) -> None:
    """Another one in its place, or (none given) another text for the one there is. Raises files.disk.NotStored."""
    merchant_id, product_id = product.merchant_id, product.id
    large, small = (_keep(product, drawn.large), _keep(product, drawn.small)) if drawn else (None, None)
    with transaction():
        product = locked(Product, merchant_id, product_id)
        if large is None and product.picture_alt == alt:
            return
        if large is not None:
            product.picture_large_id, product.picture_small_id = large, small
        product.picture_alt = alt
        record(merchant_id, "product.picture_changed", by=by, subject_id=product_id, product=product.title, alt=alt)


def _keep(product: Product, picture: bytes) -> uuid.UUID:
    return keep(product.merchant_id, Accepted(io.BytesIO(picture), "image.webp", MEDIA_TYPE)).id


def remove_picture(product: Product, *, by: Actor) -> None:
    merchant_id, product_id = product.merchant_id, product.id
    with transaction():
        product = locked(Product, merchant_id, product_id)
        if product.picture_large_id is None:
            return
        product.picture_large_id = product.picture_small_id = None
        product.picture_alt = ""
        record(merchant_id, "product.picture_removed", by=by, subject_id=product_id, product=product.title)
