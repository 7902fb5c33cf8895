"""The notices as a real customer would read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kooneo.accounts.models import Merchant
from kooneo.dunning.letters import example_of, notice
from kooneo.dunning.models import NoticeKind
from kooneo.dunning.queries import to_try_it_on
from kooneo.mail.letters import Letter
from kooneo.subscriptions.models import Subscription

_SHOWN = 20


@dataclass(frozen=True)
class Preview:
    customers: Sequence[Subscription]
    """Those to try them on; none as long as nobody pays through PayPal."""
    chosen: Subscription | None
    letters: Sequence[tuple[NoticeKind, Letter]]


def previewed(merchant: Merchant, wanted: str) -> Preview:
    """`wanted` is the id of a subscription as the form sends it; anything else means the first."""
    customers = to_try_it_on(merchant.id, _SHOWN)
    chosen = next((each for each in customers if str(each.id) == wanted), next(iter(customers), None))
    if chosen is None:
        return Preview(customers, None, ())
    example = example_of(chosen)
    return Preview(customers, chosen, [(kind, notice(kind, chosen, merchant, example)) for kind in NoticeKind])
