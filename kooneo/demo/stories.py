"""What is told about a subscription, before its dates are worked out: how old it is, how it stands, how it ended."""

from dataclasses import dataclass
from enum import StrEnum

from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus


class EndedBy(StrEnum):
    TERM = "term"
    """The last instalment: PayPal ends it by itself."""
    MEMBER = "member"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Story:
    offer: str
    """A key of the catalogue."""
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    age_days: int = 40
    """How long ago it began, within some days: a payment is never due in the coming hours, so that what was seeded stays so."""
    gateway: Gateway = Gateway.PAYPAL
    ended_days_ago: int = 0
    ended_by: EndedBy = EndedBy.MEMBER
    ended_from: SubscriptionStatus = SubscriptionStatus.ACTIVE
    reason: str = ""
    failures: int = 0
    """Refused payments in a row, up to now or up to the suspension."""
    refunded_percent: int = 0
    """Of the last payment, on the day of the end."""
    charged_after_end: bool = False
    """PayPal took one payment more, hours after the end."""
    former_account: bool = False
    """It was made under another PayPal account: the merchant's present keys do not find it."""
