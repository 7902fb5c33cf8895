"""Getting hold of a row of the catalogue: its merchant's, and nobody else's meanwhile."""

import uuid
from typing import TypeVar

from sqlalchemy import select

from kooneo.catalog.models import Content, Offer, Product
from kooneo.extensions import db

Thing = TypeVar("Thing", Product, Content, Offer)


def locked(thing: type[Thing], merchant_id: uuid.UUID, thing_id: uuid.UUID) -> Thing:
    """Only inside a transaction."""
    query = select(thing).filter_by(merchant_id=merchant_id, id=thing_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def id_from(merchant_id: uuid.UUID, form_key: str) -> uuid.UUID:
    """The same form sent twice makes the same row; a key of another merchant's form makes another one."""
    return uuid.uuid5(merchant_id, form_key)
