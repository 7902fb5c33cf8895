"""Keeping what a merchant wants to propose, to whom, and in which words."""

import uuid
from dataclasses import asdict

from sqlalchemy import delete, select

from kooneo.catalog.models import Product
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.winback.models import UnproposedProduct, WinbackSettings, WinbackStep
from kooneo.winback.series import Settings, Template, settings_of, template_of


def choose_settings(merchant_id: uuid.UUID, settings: Settings, *, by: Actor) -> None:
    """The same again changes nothing. Products of others are left out."""
    with transaction():
        before = settings_of(merchant_id)
        changed = [name for name in Settings.__dataclass_fields__ if getattr(before, name) != getattr(settings, name)]
        if not changed:
            return
        db.session.merge(
            WinbackSettings(
                merchant_id=merchant_id, enabled=settings.enabled, abandon_unanswered=settings.abandon_unanswered
            )
        )
        db.session.execute(delete(UnproposedProduct).filter_by(merchant_id=merchant_id))
        own = select(Product.id).filter_by(merchant_id=merchant_id).where(Product.id.in_(settings.unproposed))
        db.session.add_all(
            UnproposedProduct(merchant_id=merchant_id, product_id=product_id) for product_id in db.session.scalars(own)
        )
        record(merchant_id, "winback.settings_changed", by=by, after=", ".join(changed))


def rewrite(merchant_id: uuid.UUID, template: Template, *, by: Actor) -> None:
    """What was written to somebody already stays as it was."""
    with transaction():
        if template_of(merchant_id, template.step) == template:
            return
        db.session.merge(WinbackStep(merchant_id=merchant_id, **asdict(template)))
        record(merchant_id, "winback.settings_changed", by=by, after=template.step)
