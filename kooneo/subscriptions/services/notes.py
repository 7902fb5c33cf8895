"""The journal's lines about subscriptions."""

from kooneo.journal.services import Actor, record
from kooneo.subscriptions.lifecycle import ENDING
from kooneo.subscriptions.models import StatusChange, Subscription


def note(
    event: str,
    subscription: Subscription,
    *,
    by: Actor,
    before: str | None = None,
    after: str | None = None,
    **details: str | None,
) -> None:
    """In the caller's transaction."""
    record(
        subscription.merchant_id,
        event,
        by=by,
        customer_id=subscription.customer_id,
        subject_id=subscription.id,
        before=before,
        after=after,
        **details,
    )


def note_change(event: str, subscription: Subscription, change: StatusChange, *, by: Actor) -> None:
    """With what was asked, and what PayPal said to it as far as it is known."""
    note(
        event,
        subscription,
        by=by,
        before=change.from_status,
        after=change.to_status,
        change_id=str(change.id),
        reason=change.reason,
        problem=change.problem,
        paypal_status=change.paypal_status,
        debug_id=change.debug_id,
        notice=_notice(change),
    )


def _notice(change: StatusChange) -> str | None:
    """Whether the customer is told; none where that is no question."""
    if change.action not in ENDING or change.from_status.ended:
        return None
    return "yes" if change.notify_customer else "no"
