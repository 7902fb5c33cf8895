"""Contents: what a product holds, in order."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from kooneo.catalog.models import Content, Product
from kooneo.catalog.services.locking import id_from, locked
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.files.models import StoredFile
from kooneo.journal.services import Actor, record


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class ContentDraft:
    title: str
    unlock_after_days: int
    text: str = ""
    video_url: str = ""
    file_id: uuid.UUID | None = None


class FileGone(Exception):
    """The file that the content was to hold is not there (any more)."""


def add_content(product: Product, draft: ContentDraft, *, form_key: str, by: Actor) -> Content:
    """At the end of the product's order. Raises FileGone."""
    merchant_id, product_id = product.merchant_id, product.id
    content_id = id_from(merchant_id, form_key)
    with transaction():
        product = locked(Product, merchant_id, product_id)
        if existing := db.session.get(Content, content_id):
            return existing
        position = max((content.position for content in _in_order(product)), default=0) + 1
        content = Content(id=content_id, merchant_id=merchant_id, product_id=product_id, position=position)
        _fill(content, draft)
        db.session.add(content)
        db.session.flush()
        _note("content.added", content, by, product=product.title)
    return content


def change_content(content: Content, draft: ContentDraft, *, by: Actor) -> None:
    """Raises FileGone."""
    merchant_id, content_id = content.merchant_id, content.id
    with transaction():
        content = locked(Content, merchant_id, content_id)
        before = _draft_of(content)
        if before == draft:
            return
        _fill(content, draft)
        changed = [field.name for field in fields(draft) if getattr(before, field.name) != getattr(draft, field.name)]
        _note(
            "content.changed",
            content,
            by,
            changed=", ".join(changed),
            previous_title=before.title,
            previous_unlock_after_days=before.unlock_after_days,
        )


def _draft_of(content: Content) -> ContentDraft:
    return ContentDraft(**{field.name: getattr(content, field.name) for field in fields(ContentDraft)})


def _fill(content: Content, draft: ContentDraft) -> None:
    if draft.file_id is not None and not _held(content.merchant_id, draft.file_id):
        raise FileGone
    for field in fields(draft):
        setattr(content, field.name, getattr(draft, field.name))


def _held(merchant_id: uuid.UUID, file_id: uuid.UUID) -> bool:
    """It is there, and until the transaction ends the sweep leaves it there."""
    query = select(StoredFile.id).filter_by(merchant_id=merchant_id, id=file_id).with_for_update()
    return db.session.scalars(query).one_or_none() is not None


def move_content(content: Content, direction: Direction, *, by: Actor) -> None:
    """One place up or down. At the edge nothing moves."""
    merchant_id, product_id, content_id = content.merchant_id, content.product_id, content.id
    with transaction():
        contents = list(_in_order(locked(Product, merchant_id, product_id)))
        ids = [one.id for one in contents]
        if content_id not in ids:
            return
        place = ids.index(content_id)
        target = place + (-1 if direction == Direction.UP else 1)
        if not 0 <= target < len(contents):
            return
        contents[place], contents[target] = contents[target], contents[place]
        for position, one in enumerate(contents, 1):
            one.position = position
        _note("content.moved", contents[target], by, direction=direction)


def remove_content(content: Content, *, by: Actor) -> None:
    """Nobody sees it any more, from this moment; its file is swept."""
    merchant_id, content_id = content.merchant_id, content.id
    with transaction():
        content = locked(Content, merchant_id, content_id)
        if content.removed_at is not None:
            return
        content.removed_at, content.file_id = now(), None
        _note("content.removed", content, by)


def _in_order(product: Product) -> Sequence[Content]:
    query = select(Content).filter_by(product_id=product.id, removed_at=None)
    fresh = query.execution_options(populate_existing=True)
    return db.session.scalars(fresh.order_by(Content.position, Content.id)).all()


def _note(event: str, content: Content, by: Actor, **details: Any) -> None:
    record(
        content.merchant_id,
        event,
        by=by,
        subject_id=content.id,
        content=content.title,
        unlock_after_days=content.unlock_after_days,
        **details,
    )
