"""The plans of a takeover: read once each, whatever number of subscriptions they were sold with."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from kooneo.extensions import db
from kooneo.paypal import Gateway, RemotePlan, RemoteSubscription
from kooneo.takeover.facts import agreed, email_of, start_of
from kooneo.takeover.models import TakeoverPlan
from kooneo.takeover.services.errands import ABOUT_ONE
from kooneo.takeover.states import Reason
from kooneo.terms import Terms
from kooneo.text import clean

_TITLE, _DESCRIPTION = 120, 500


class Plans:
    def __init__(self, takeover_id: uuid.UUID, known: Sequence[TakeoverPlan]) -> None:
        self._takeover_id = takeover_id
        self._by_id = {plan.plan_id: plan for plan in known}
        self._products = {plan.product_id: (plan.product_title, plan.product_description) for plan in known}
        self._new: list[TakeoverPlan] = []

    @classmethod
    def of(cls, takeover_id: uuid.UUID) -> "Plans":
        known = db.session.scalars(select(TakeoverPlan).filter_by(takeover_id=takeover_id)).all()
        for plan in known:
            db.session.expunge(plan)  # a plain value from here on: reading it must not open the database again
        return cls(takeover_id, known)

    def terms_of(self, gateway: Gateway, remote: RemoteSubscription) -> Terms | Reason:
        """What was agreed, or what a record would lack."""
        if not email_of(remote):
            return Reason.NO_EMAIL
        if start_of(remote) is None:
            return Reason.NO_START
        if remote.plan_id is None:
            return Reason.PLAN_UNREADABLE
        plan = self._read(gateway, remote.plan_id)
        return plan.reason or agreed(gateway, remote, plan.terms) or Reason.NO_PRICE

    def _read(self, gateway: Gateway, plan_id: str) -> TakeoverPlan:
        if plan_id not in self._by_id:
            plan = self._by_id[plan_id] = self._asked_for(gateway, plan_id)
            self._new.append(plan)
        return self._by_id[plan_id]

    def known(self, plan_id: str) -> TakeoverPlan:
        return self._by_id[plan_id]

    def write(self) -> None:
        db.session.add_all(self._new)

    def _asked_for(self, gateway: Gateway, plan_id: str) -> TakeoverPlan:
        try:
            remote = gateway.get_plan(plan_id)
        except tuple(ABOUT_ONE):
            return TakeoverPlan(
                takeover_id=self._takeover_id,
                plan_id=plan_id,
                title=plan_id,
                product_id=plan_id,
                product_title=plan_id,
                product_description="",
                reason=Reason.PLAN_UNREADABLE,
            )
        return self._filled(remote, *self._product(gateway, remote))

    def _product(self, gateway: Gateway, remote: RemotePlan) -> tuple[str, str]:
        """Title and description. A product that cannot be read is called like its plan."""
        product_id, plan_title = remote.product_id, clean(remote.name) or remote.plan_id
        if product_id is None:
            return plan_title, ""
        if product_id not in self._products:
            try:
                product = gateway.get_product(product_id)
                self._products[product_id] = (clean(product.name) or plan_title, clean(product.description))
            except tuple(ABOUT_ONE):
                self._products[product_id] = (plan_title, "")
        return self._products[product_id]

    def _filled(self, remote: RemotePlan, product_title: str, description: str) -> TakeoverPlan:
        terms = remote.terms
        return TakeoverPlan(
            takeover_id=self._takeover_id,
            plan_id=remote.plan_id,
            title=(clean(remote.name) or remote.plan_id)[:_TITLE],
            product_id=remote.product_id or remote.plan_id,
            product_title=product_title[:_TITLE],
            product_description=description[:_DESCRIPTION],
            sold=remote.sold,
            reason=None if terms else Reason.NO_PRICE,
            price_minor=terms.price.minor if terms else None,
            currency=terms.price.currency if terms else None,
            interval=terms.interval if terms else None,
            interval_count=terms.interval_count if terms else 1,
            total_cycles=terms.total_cycles if terms else None,
        )
