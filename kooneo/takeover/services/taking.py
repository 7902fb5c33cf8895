"""Taking over: each subscription is read once more, with its payments, and becomes a record or brings one up to date."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from kooneo.billing.services.book import book
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.paypal import Gateway, RemoteStatus, RemoteSubscription, RemoteTransaction
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.subscriptions.services.request import unsettled_change
from kooneo.subscriptions.services.truth import align
from kooneo.takeover.facts import contracted_at, start_of
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.services.errands import ABOUT_ONE, Hitch, one_by_one
from kooneo.takeover.services.plans import Plans
from kooneo.takeover.services.reading import items, known_ids
from kooneo.takeover.services.records import add_record
from kooneo.takeover.states import ItemState, Reason
from kooneo.terms import Terms

_NOT_BEGUN = (RemoteStatus.APPROVAL_PENDING, RemoteStatus.APPROVED)
# PayPal's Subscriptions API is of 2019: nothing was paid through it earlier.
_BEGINNING = datetime(2019, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Taken:
    remote: RemoteSubscription
    terms: Terms | None
    """None for one that Kooneo has already: it keeps its own."""
    transactions: Sequence[RemoteTransaction]


class Taking:
    def __init__(self, ids: Sequence[str], known: set[str], plans: Plans) -> None:
        self.ids = ids
        self._known = known
        self._plans = plans
        self._taken: dict[str, _Taken] = {}
        self._left: dict[str, tuple[ItemState, Reason]] = {}

    @classmethod
    def of(cls, takeover: Takeover, ids: Sequence[str]) -> "Taking":
        return cls(ids, known_ids(takeover, ids), Plans.of(takeover.id))

    def ask(self, gateway: Gateway) -> Hitch | None:
        return one_by_one(self.ids, lambda paypal_id: self._ask_one(gateway, paypal_id))

    def _ask_one(self, gateway: Gateway, paypal_id: str) -> None:
        try:
            remote = gateway.get_subscription(paypal_id)
            # What was fine in the preview may have changed since.
            terms = None if paypal_id in self._known else self._plans.terms_of(gateway, remote)
        except tuple(ABOUT_ONE) as error:
            self._left[paypal_id] = ItemState.CANNOT, ABOUT_ONE[type(error)]
            return
        if isinstance(terms, Reason):
            self._left[paypal_id] = ItemState.TO_CHECK, terms
            return
        try:
            self._taken[paypal_id] = _Taken(remote, terms, _transactions(gateway, remote))
        except tuple(ABOUT_ONE):
            self._left[paypal_id] = ItemState.TO_CHECK, Reason.PAYMENTS_UNREADABLE

    def write(self, takeover: Takeover) -> bool:
        self._plans.write()
        # All at once and in one order, before the journal's head: a change that is settled meanwhile takes them so too.
        records = _locked(takeover.merchant_id, list(self._taken))
        for item in items(takeover, [*self._taken, *self._left]):
            if item.paypal_id in self._left:
                item.state, item.reason = self._left[item.paypal_id]
            else:
                self._take(takeover, item, records.get(item.paypal_id))
            item.attempts = 0
        return bool(self._taken or self._left)

    def _take(self, takeover: Takeover, item: TakeoverItem, record: Subscription | None) -> None:
        taken = self._taken[item.paypal_id]
        if record:
            news = _bring_up_to_date(record, taken)
            item.state = ItemState.UPDATED if news else ItemState.UNCHANGED
        elif taken.terms and taken.remote.plan_id:
            kind = ActorKind.MEMBER if takeover.member_id else ActorKind.KOONEO
            by = Actor(kind, takeover.member_name, "worker", takeover.member_id)
            plan = self._plans.known(taken.remote.plan_id)
            record = add_record(takeover.merchant_id, taken.remote, plan, taken.terms, by=by)
            book(record, taken.transactions)
            item.state = ItemState.TAKEN
        else:
            return  # it was known when it was read, and is not any more: the next batch reads it anew
        item.subscription_id, item.becomes, item.remote_status = record.id, record.status, taken.remote.status
        item.email = item.name = None


def _transactions(gateway: Gateway, remote: RemoteSubscription) -> Sequence[RemoteTransaction]:
    """A setup fee is taken before the start, and PayPal's clock may be ahead of ours."""
    if remote.status in _NOT_BEGUN:
        return []
    begun = min(filter(None, (contracted_at(remote), start_of(remote))), default=_BEGINNING)
    return gateway.list_transactions(remote.paypal_id, begun - _DAY, now() + _DAY)


def _locked(merchant_id: uuid.UUID, ids: Sequence[str]) -> dict[str | None, Subscription]:
    query = select(Subscription).filter_by(merchant_id=merchant_id).where(Subscription.paypal_id.in_(ids))
    locked = query.order_by(Subscription.id).with_for_update().execution_options(populate_existing=True)
    return {record.paypal_id: record for record in db.session.scalars(locked)}


def _bring_up_to_date(record: Subscription, taken: _Taken) -> bool:
    """An unsettled change looks for itself, and is left alone; payments are facts all the same."""
    before = _facts(record)
    if not unsettled_change(record.id):
        align(record, taken.remote)
    return bool(book(record, taken.transactions)) or _facts(record) != before


def _facts(record: Subscription) -> tuple[object, ...]:
    return (record.status, record.paid_until, record.next_billing_at, record.outstanding_minor, record.cycles_completed)
