"""Putting a first step off, and closing the list of them."""

import uuid

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db, transaction


def postpone_step(merchant_id: uuid.UUID, key: str) -> None:
    with transaction():
        merchant = db.session.get_one(Merchant, merchant_id, with_for_update=True)
        merchant.postponed_steps = sorted({*merchant.postponed_steps, key})


def close_welcome(merchant_id: uuid.UUID) -> None:
    with transaction():
        merchant = db.session.get_one(Merchant, merchant_id, with_for_update=True)
        merchant.welcomed_at = merchant.welcomed_at or now()
