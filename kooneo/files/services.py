"""Keeping what was uploaded, and sweeping what nothing refers to any more."""

import uuid
from datetime import UTC, datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import Base, db, transaction
from kooneo.files import disk
from kooneo.files.kinds import Accepted
from kooneo.files.models import StoredFile
from kooneo.files.queries import bytes_used

_SPARED = timedelta(days=1)
"""A form that is being filled in may hold a file already which no row refers to yet."""
_AT_ONCE = 200

log = structlog.get_logger()


def keep(merchant_id: uuid.UUID, accepted: Accepted) -> StoredFile:
    """The bytes first, then the row: what the database knows is on the disk. Raises disk.NotStored, or its NoRoomLeft."""
    file = on_disk(merchant_id, uuid.uuid4(), accepted)
    file_id = file.id
    try:
        with transaction():
            _check_room(merchant_id, file.size)
            db.session.add(file)
    except BaseException:
        disk.delete(merchant_id, file_id)
        raise
    return file


def _check_room(merchant_id: uuid.UUID, more: int) -> None:
    """What was replaced or removed counts until it is swept. Two files at once wait for each other."""
    quota = current_app.config["SETTINGS"].storage_quota
    db.session.get_one(Merchant, merchant_id, with_for_update=True)
    used = bytes_used(merchant_id)
    if used + more > quota:
        raise disk.NoRoomLeft(used=used, quota=quota)


def on_disk(merchant_id: uuid.UUID, file_id: uuid.UUID, accepted: Accepted) -> StoredFile:
    """Its bytes are written; its row is not yet in the database. Raises disk.NotStored."""
    written = disk.write(merchant_id, file_id, accepted.stream)
    return StoredFile(
        id=file_id,
        merchant_id=merchant_id,
        name=accepted.name,
        media_type=accepted.media_type,
        size=written.size,
        sha256=written.sha256,
    )


@jobs.nightly("sweep_files")
def sweep() -> None:
    """Rows that nothing refers to, then bytes that no row knows. Safe to repeat, and to interrupt anywhere."""
    before = now() - _SPARED
    while swept := _forget_unused(before):
        for merchant_id, file_id in swept:
            disk.delete(merchant_id, file_id)
    _delete_unknown(before)


def _forget_unused(before: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """A file that somebody is just taking into use is locked by them, or the foreign key spares it."""
    unused = select(StoredFile).where(StoredFile.created_at < before, *(~exists().where(c) for c in _references()))
    try:
        with transaction():
            files = db.session.scalars(unused.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
            gone = [(file.merchant_id, file.id) for file in files]
            for file in files:
                db.session.delete(file)
    except IntegrityError:
        log.warning("files.sweep_put_off")
        return []
    return gone


def _references() -> list[ColumnElement[bool]]:
    """From every table, read off the foreign keys: a part that begins to refer to files cannot forget to say so here."""
    keys = (key for table in Base.metadata.tables.values() for key in table.foreign_keys)
    return [
        key.parent == StoredFile.id for key in keys if key.references(Base.metadata.tables[StoredFile.__tablename__])
    ]


def _delete_unknown(before: datetime) -> None:
    for path, file_id in disk.all_files():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= before:
            continue
        if file_id is None or db.session.get(StoredFile, file_id) is None:
            path.unlink(missing_ok=True)
            log.info("files.swept", path=str(path.relative_to(disk.folder())))
