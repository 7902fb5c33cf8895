"""A message as a real customer would read it, before anything is kept."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from kooneo.accounts.models import Merchant
from kooneo.mail.letters import Letter
from kooneo.subscriptions.models import Subscription
from kooneo.winback.letters import of_the_series
from kooneo.winback.queries import last_cancelled
from kooneo.winback.series import Template

_SHOWN = 20


@dataclass(frozen=True)
class Preview:
    customers: Sequence[Subscription]
    """Those to try it on; none as long as nobody has left."""
    chosen: Subscription | None
    letter: Letter | None


def previewed(merchant: Merchant, template: Template, wanted: str) -> Preview:
    """`wanted` is the id of a subscription as the form sends it; anything else means the last that was cancelled."""
    customers = last_cancelled(merchant.id, _SHOWN)
    chosen = next((each for each in customers if str(each.id) == wanted), next(iter(customers), None))
    # The links of nobody's message: they lead nowhere.
    letter = of_the_series(template, chosen, merchant, uuid.UUID(int=0)) if chosen else None
    return Preview(customers, chosen, letter)
