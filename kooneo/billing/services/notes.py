"""The journal's lines about refunds."""

from kooneo.billing.models import Payment
from kooneo.billing.refunds import RefundRequest
from kooneo.journal.services import Actor, record


def note(event: str, payment: Payment, refund: RefundRequest, *, by: Actor) -> None:
    """In the caller's transaction."""
    record(
        payment.merchant_id,
        event,
        by=by,
        customer_id=payment.customer_id,
        subject_id=payment.subscription_id,
        amount=f"{refund.amount} {refund.currency}",
        reference=payment.paypal_transaction_id,
        problem=refund.problem,
        debug_id=refund.debug_id,
    )
