"""Reading what was uploaded: merchant first."""

import uuid

from sqlalchemy import func, select

from kooneo.extensions import db
from kooneo.files.models import StoredFile


def stored_file(merchant_id: uuid.UUID, file_id: uuid.UUID | None) -> StoredFile | None:
    if file_id is None:
        return None
    return db.session.scalars(select(StoredFile).filter_by(merchant_id=merchant_id, id=file_id)).one_or_none()


def bytes_used(merchant_id: uuid.UUID) -> int:
    """By all its files, also those that nothing refers to any more."""
    query = select(func.coalesce(func.sum(StoredFile.size), 0)).filter_by(merchant_id=merchant_id)
    return int(db.session.scalars(query).one())
