"""Get it or 404, scoped to the merchant, in one place: a foreign id answers exactly like a missing one."""

import uuid
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import select

from kooneo.accounts.access_control import signed_in
from kooneo.extensions import Base, db

Row = TypeVar("Row", bound=Base)


def merchant_id() -> uuid.UUID:
    return signed_in().member.merchant_id


def get_or_404(model: type[Row], row_id: uuid.UUID, *options: Any) -> Row:
    query = select(model).filter_by(id=row_id, merchant_id=merchant_id()).options(*options)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        abort(404)
    return row
