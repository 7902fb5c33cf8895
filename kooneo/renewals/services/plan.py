"""Finding the terms that will be renewed tacitly, long before they are."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from kooneo import jobs
from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db, transaction
from kooneo.renewals.models import RenewalNotice
from kooneo.renewals.terms import current_term
from kooneo.subscriptions.lifecycle import IN_FORCE, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.terms import Interval

_AT_ONCE = 500


@jobs.before_work
@jobs.nightly("plan_renewal_notices")
def plan_notices() -> None:
    """Safe to repeat. A term whose window had closed before Kooneo first saw it, as of a subscription that was taken over, is
    left out: whether its customer was told, Kooneo cannot know."""
    for merchant in db.session.scalars(select(Merchant)).all():
        today = local_date(now(), merchant.time_zone)
        found = [_notice(subscription, merchant, today) for subscription in _without_a_plan(merchant.id, today)]
        wanted = [notice for notice in found if notice and notice.closes_on >= today]
        for start in range(0, len(wanted), _AT_ONCE):
            with suppress(IntegrityError), transaction():  # another worker is at it, and has written them
                db.session.add_all(wanted[start : start + _AT_ONCE])


def _notice(subscription: Subscription, merchant: Merchant, today: date) -> RenewalNotice | None:
    term = current_term(subscription.terms, subscription.started_at, on=today, time_zone=merchant.time_zone)
    if term is None:
        return None
    return RenewalNotice(
        merchant_id=subscription.merchant_id,
        subscription_id=subscription.id,
        renews_on=term.renews_on,
        opens_on=term.opens_on,
        closes_on=term.closes_on,
    )


def _without_a_plan(merchant_id: uuid.UUID, today: date) -> Sequence[Subscription]:
    """Those that may be renewed tacitly and have no notice for a day to come."""
    planned = select(RenewalNotice.id).where(
        RenewalNotice.subscription_id == Subscription.id, RenewalNotice.renews_on > today
    )
    long_enough = or_(
        Subscription.commitment_cycles > 1, Subscription.interval == Interval.YEAR, Subscription.interval_count > 1
    )
    query = select(Subscription).filter_by(merchant_id=merchant_id, total_cycles=None)
    query = query.where(Subscription.status.in_(IN_FORCE), Subscription.status != SubscriptionStatus.PENDING)
    return db.session.scalars(query.where(long_enough, ~planned.exists())).all()
