"""Sums of what was taken: merchant first."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select

from kooneo.billing.models import Payment, PaymentState
from kooneo.extensions import db
from kooneo.money import Money


def paid_in_all(merchant_id: uuid.UUID, customer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Money]]:
    """What each customer has really paid, an amount a currency."""
    query = (
        select(Payment.customer_id, Payment.currency, func.sum(Payment.amount_minor))
        .where(
            Payment.merchant_id == merchant_id,
            Payment.customer_id.in_(customer_ids),
            Payment.state == PaymentState.COMPLETED,
        )
        .group_by(Payment.customer_id, Payment.currency)
        .order_by(Payment.currency)
    )
    totals: dict[uuid.UUID, list[Money]] = defaultdict(list)
    for customer_id, currency, minor in db.session.execute(query):
        totals[customer_id].append(Money(int(minor), currency))
    return totals
