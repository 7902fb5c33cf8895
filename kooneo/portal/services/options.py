"""Keeping what a merchant lets customers do alone."""

import uuid
from dataclasses import asdict

from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.portal.options import Options, PortalOptions, options_of
from kooneo.settings.services import paypal_account


class KeysNeeded(Exception):
    """Customers cannot cancel alone what Kooneo cannot cancel at PayPal."""


def choose_options(merchant_id: uuid.UUID, options: Options, *, by: Actor) -> None:
    """Keep what the merchant chose. The same again changes nothing. Raises KeysNeeded; then nothing has changed."""
    with transaction():
        before = options_of(merchant_id)
        if before == options:
            return
        if options.self_cancellation and not before.self_cancellation and paypal_account(merchant_id) is None:
            raise KeysNeeded
        db.session.merge(PortalOptions(merchant_id=merchant_id, **asdict(options)))
        changed = [name for name in Options.__dataclass_fields__ if getattr(before, name) != getattr(options, name)]
        record(merchant_id, "portal.options_changed", by=by, after=", ".join(changed))
