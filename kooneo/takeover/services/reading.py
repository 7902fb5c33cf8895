"""Reading each subscription, and the plan that it was sold with. Nothing of the catalogue or the customers is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kooneo.extensions import db
from kooneo.paypal import Gateway, RemoteSubscription
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.truth import unasked
from kooneo.takeover.facts import email_of, name_of
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.services.errands import ABOUT_ONE, Hitch, one_by_one
from kooneo.takeover.services.plans import Plans
from kooneo.takeover.states import ItemState, Reason


@dataclass(frozen=True)
class _Verdict:
    state: ItemState
    reason: Reason | None = None
    remote: RemoteSubscription | None = None


class Reading:
    def __init__(self, ids: Sequence[str], known: set[str], plans: Plans) -> None:
        self.ids = ids
        self._known = known
        self._plans = plans
        self._verdicts: dict[str, _Verdict] = {}

    @classmethod
    def of(cls, takeover: Takeover, ids: Sequence[str]) -> "Reading":
        return cls(ids, known_ids(takeover, ids), Plans.of(takeover.id))

    def ask(self, gateway: Gateway) -> Hitch | None:
        def ask_one(paypal_id: str) -> None:
            self._verdicts[paypal_id] = self._verdict(gateway, paypal_id)

        return one_by_one(self.ids, ask_one)

    def _verdict(self, gateway: Gateway, paypal_id: str) -> _Verdict:
        try:
            remote = gateway.get_subscription(paypal_id)
            terms = None if paypal_id in self._known else self._plans.terms_of(gateway, remote)
        except tuple(ABOUT_ONE) as error:
            return _Verdict(ItemState.CANNOT, ABOUT_ONE[type(error)])
        lack = terms if isinstance(terms, Reason) else None
        return _Verdict(ItemState.TO_CHECK if lack else ItemState.FOUND, lack, remote)

    def write(self, takeover: Takeover) -> bool:
        self._plans.write()
        for item in items(takeover, self._verdicts):
            verdict = self._verdicts[item.paypal_id]
            item.state, item.reason = verdict.state, verdict.reason
            item.attempts = 0
            item.known = item.paypal_id in self._known
            if verdict.remote:
                _remember(item, verdict.remote)
        return bool(self._verdicts)


def _remember(item: TakeoverItem, remote: RemoteSubscription) -> None:
    item.remote_status = remote.status
    item.becomes = unasked(remote)
    item.plan_id = remote.plan_id
    item.email = email_of(remote) or None
    item.name = " ".join(name_of(remote)).strip() or None


def items(takeover: Takeover, ids: Iterable[str]) -> Sequence[TakeoverItem]:
    """In the order in which they were found."""
    query = select(TakeoverItem).filter_by(takeover_id=takeover.id).where(TakeoverItem.paypal_id.in_(list(ids)))
    return db.session.scalars(query.order_by(TakeoverItem.position)).all()


def known_ids(takeover: Takeover, ids: Sequence[str]) -> set[str]:
    """Those that Kooneo has a subscription of."""
    query = select(Subscription.paypal_id).filter_by(merchant_id=takeover.merchant_id)
    return {known for known in db.session.scalars(query.where(Subscription.paypal_id.in_(ids))) if known}
