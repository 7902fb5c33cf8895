"""Contracts that are renewed tacitly, and what the worker makes of it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.renewals.models import RenewalNotice
from kooneo.renewals.services.notify import send_notices
from kooneo.renewals.services.plan import plan_notices
from kooneo.renewals.terms import Term
from kooneo.subscriptions.models import Subscription
from kooneo.terms import Interval

from .acting import at
from .builders import a_merchant, a_product, a_subscription, an_offer, saved
from .mail import attempt_to_send, outbox
from .running import in_app

PARIS = ZoneInfo("Europe/Paris")

the_night = in_app(plan_notices)
the_minute = in_app(send_notices)


def noon(year: int, month: int, day: int, zone: ZoneInfo = PARIS) -> datetime:
    return datetime(year, month, day, 12, tzinfo=zone)


def a_yearly(begun: datetime, *, merchant: Merchant | None = None, **facts: Any) -> Subscription:
    """Concluded then, and `known` to Kooneo from that night on."""
    return a_renewable(begun, merchant=merchant, interval=Interval.YEAR, **facts)


def a_renewable(
    begun: datetime,
    *,
    merchant: Merchant | None = None,
    interval: Interval = Interval.MONTH,
    interval_count: int = 1,
    commitment_cycles: int | None = None,
    total_cycles: int | None = None,
    known: datetime | None = None,
    **facts: Any,
) -> Subscription:
    product = a_product(merchant or a_merchant())
    terms = {"interval": interval, "interval_count": interval_count}
    offer = an_offer(product, commitment_cycles=commitment_cycles, total_cycles=total_cycles, **terms)
    with at(begun):
        subscription = a_subscription(offer=offer, days=0, **facts)
    with at(known or begun):
        the_night()
    return subscription


@in_app
def notices_of(subscription: Subscription) -> list[RenewalNotice]:
    query = select(RenewalNotice).filter_by(subscription_id=subscription.id).order_by(RenewalNotice.renews_on)
    return list(db.session.scalars(query))


def letters(subscription: Subscription) -> list[OutboxMessage]:
    return [message for message in outbox(subscription) if message.kind == MailKind.RENEWAL_NOTICE]


def the_worker_runs(moment: datetime) -> None:
    """A night, and the minutes after it; what is written is sent."""
    with at(moment):
        the_night()
        the_minute()
        for message in _waiting():
            attempt_to_send(message)
        the_minute()


@in_app
def _waiting() -> list[OutboxMessage]:
    query = select(OutboxMessage).filter_by(kind=MailKind.RENEWAL_NOTICE, state="waiting")
    return list(db.session.scalars(query))


def a_missed_notice(subscription: Subscription) -> RenewalNotice:
    """The row alone: it was renewed ten days ago, and nobody had been told in time."""
    renewed_on = local_date(now(), "Europe/Paris") - timedelta(days=10)
    term = Term(renewed_on)
    return saved(  # type: ignore[no-any-return]
        RenewalNotice(
            merchant_id=subscription.merchant_id,
            subscription_id=subscription.id,
            renews_on=term.renews_on,
            opens_on=term.opens_on,
            closes_on=term.closes_on,
            missed_at=now() - timedelta(days=40),
        )
    )
