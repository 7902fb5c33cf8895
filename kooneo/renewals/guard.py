"""A notice leaves only while there is a renewal to tell of."""

from enum import StrEnum

from kooneo.extensions import db
from kooneo.mail.conditions import Verdict, condition
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.renewals.models import RenewalNotice
from kooneo.renewals.queries import refused_already
from kooneo.subscriptions.models import Subscription


class Refusal(StrEnum):
    NO_RENEWAL = "no_renewal"
    """The contract has ended."""
    RENEWAL_REFUSED = "renewal_refused"
    """Its customer has asked for the end before hearing of it."""


@condition(MailKind.RENEWAL_NOTICE)
def may_leave(message: OutboxMessage) -> Verdict:
    notice = db.session.get(RenewalNotice, message.cause_id)
    if notice is None:
        return Verdict(refusal=Refusal.NO_RENEWAL)
    return Verdict(refusal=why_not(db.session.get_one(Subscription, notice.subscription_id)))


def why_not(subscription: Subscription) -> Refusal | None:
    if subscription.status.ended:
        return Refusal.NO_RENEWAL
    return Refusal.RENEWAL_REFUSED if refused_already(subscription) else None
