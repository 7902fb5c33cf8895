"""From a customer's plan to rows: Kooneo's tables, and the simulator's own file. Plain values, because there may be many."""

import hashlib
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kooneo.access.models import AccessGrant
from kooneo.accounts.models import TeamMember
from kooneo.billing.models import Payment, PaymentState
from kooneo.clock import local_date
from kooneo.customers.models import Customer
from kooneo.demo.catalogue import MemberPlan, MerchantPlan, OfferPlan
from kooneo.demo.customers import CustomerPlan, GrantPlan
from kooneo.demo.histories import History, tell
from kooneo.demo.people import Person
from kooneo.demo.stories import EndedBy, Story
from kooneo.extensions import Base, db
from kooneo.language import DEFAULT_TIME_ZONE
from kooneo.money import Money
from kooneo.paypal_simulator.billing import Transaction, transaction
from kooneo.paypal_simulator.subscription import Payment as RemotePayment
from kooneo.paypal_simulator.subscription import SubscriptionRow
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, ChangeState, StatusChange, Subscription

_NAMESPACE = uuid.UUID("6b6f6f6e-656f-4d65-8d6f-64656d6f0001")
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_TABLES: tuple[type[Base], ...] = (Customer, Subscription, Payment, StatusChange, AccessGrant)
"""In the order of their foreign keys."""

_FORMER_CLIENT = "demo-client-former"
"""An account whose keys nobody has any more."""

_AT_PAYPAL = {
    SubscriptionStatus.PENDING: "APPROVAL_PENDING",
    SubscriptionStatus.ACTIVE: "ACTIVE",
    SubscriptionStatus.PAST_DUE: "ACTIVE",
    SubscriptionStatus.SUSPENDED: "SUSPENDED",
}
_ACTIONS = {
    SubscriptionStatus.COMPLETED: Action.COMPLETE,
    SubscriptionStatus.CANCELLED: Action.CANCEL,
    SubscriptionStatus.ABANDONED: Action.ABANDON,
}


def identify(*words: str) -> uuid.UUID:
    """The same words, the same id, in every demo."""
    return uuid.uuid5(_NAMESPACE, "/".join(words))


def paypal_reference(prefix: str, identity: uuid.UUID, length: int) -> str:
    """`I-` and `P-`, then capitals and digits, like PayPal's own."""
    number = int.from_bytes(hashlib.sha256(identity.bytes).digest())
    letters = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        letters.append(_BASE_36[digit])
    return prefix + "".join(letters)


@dataclass
class Batch:
    """Rows by table, and what the simulator must know of them."""

    merchant: MerchantPlan
    now: datetime
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    remote: list[SubscriptionRow] = field(default_factory=list)
    remote_failures: list[Transaction] = field(default_factory=list)
    remote_refunds: list[tuple[Transaction, int, datetime]] = field(default_factory=list)
    """Of which payment, how much in minor units, and when."""

    def __post_init__(self) -> None:
        self.merchant_id = identify(self.merchant.slug)

    def add_customers(self, plans: Iterable[CustomerPlan]) -> None:
        for plan in plans:
            self._add_customer(plan)

    def insert(self) -> None:
        """In the caller's transaction."""
        for model in _TABLES:
            if self.rows[model]:
                db.session.execute(db.insert(model.__table__), self.rows[model])

    def _add_customer(self, plan: CustomerPlan) -> None:
        rng = random.Random(f"{self.merchant.slug}/{plan.person.email}")  # noqa: S311 - the same every time
        customer_id = identify(self.merchant.slug, plan.person.email)
        told = [
            _Told(self, plan.person, customer_id, story, number, rng) for number, story in enumerate(plan.stories, 1)
        ]
        joined_at = min((one.history.started_at for one in told), default=self.now) - timedelta(minutes=7)
        self.rows[Customer].append(_customer_row(self.merchant_id, customer_id, plan.person, joined_at))
        for one in told:
            one.write()
        for grant in plan.grants:
            self.rows[AccessGrant].append(self._grant_row(customer_id, grant))

    def _grant_row(self, customer_id: uuid.UUID, grant: GrantPlan) -> dict[str, Any]:
        return {
            "id": identify(str(customer_id), "grant", grant.product),
            "merchant_id": self.merchant_id,
            "customer_id": customer_id,
            "product_id": identify(self.merchant.slug, "product", grant.product),
            "granted_at": self.now - timedelta(days=grant.days_ago),
            "until": self.now + timedelta(days=grant.days_left) if grant.days_left else None,
            "granted_by": self.merchant.members[0].name,
            "reason": grant.reason,
        }


def _customer_row(
    merchant_id: uuid.UUID, customer_id: uuid.UUID, person: Person, joined_at: datetime
) -> dict[str, Any]:
    row = Customer(given_name=person.given_name, family_name=person.family_name, email=person.email)
    row.renew_keys()
    return {
        "id": customer_id,
        "merchant_id": merchant_id,
        "given_name": row.given_name,
        "family_name": row.family_name,
        "email": row.email,
        "created_at": joined_at,
        "sort_key": row.sort_key,
        "search_key": row.search_key,
    }


class _Told:
    """One subscription on its way into rows."""

    def __init__(
        self, batch: Batch, person: Person, customer_id: uuid.UUID, story: Story, number: int, rng: random.Random
    ) -> None:
        self.batch, self.person, self.customer_id, self.story, self.rng = batch, person, customer_id, story, rng
        self.id = identify(str(customer_id), "subscription", str(number))
        self.offer: OfferPlan = batch.merchant.offer(story.offer)
        self.history: History = tell(story, self.offer.terms, batch.now, rng)
        self.merchant_id = batch.merchant_id
        self.at_paypal = story.gateway == Gateway.PAYPAL
        self.paypal_id = paypal_reference("I-", self.id, 12) if self.at_paypal else None

    def write(self) -> None:
        rows = self.batch.rows
        rows[Subscription].append(self._subscription_row())
        if self.history.ended_at:
            rows[StatusChange].append(self._change_row(self.history.ended_at))
        if self.at_paypal:
            self._write_remote()
        else:
            rows[Payment] += self._paid_rows([(None, at) for at in self.history.paid])

    def _subscription_row(self) -> dict[str, Any]:
        history, story, offer = self.history, self.story, self.offer
        return {
            "id": self.id,
            "merchant_id": self.merchant_id,
            "customer_id": self.customer_id,
            "offer_id": identify(self.batch.merchant.slug, "offer", offer.key),
            "gateway": story.gateway,
            "paypal_id": self.paypal_id,
            "status": story.status,
            "price_minor": offer.price_minor,
            "currency": offer.terms.price.currency,
            "interval": offer.interval,
            "interval_count": offer.interval_count,
            "total_cycles": offer.total_cycles,
            "commitment_cycles": offer.commitment_cycles,
            "contracted_on": local_date(history.started_at, DEFAULT_TIME_ZONE),
            "started_at": history.started_at,
            "paid_until": history.paid_until,
            "next_billing_at": history.next_billing_at if self.at_paypal else None,
            "cycles_completed": len(history.paid),
            "outstanding_minor": self._owed.minor,
            "failed_payments": len(history.failed),
            "last_failed_payment_at": history.failed[-1] if history.failed else None,
            "next_retry_at": history.retry_at if self.at_paypal else None,
            "paypal_status_at": (history.changed_at or history.started_at) if self.at_paypal else None,
            "last_payment_at": history.last_paid,
            "checked_at": self._checked_at(),
            "ended_at": history.ended_at,
            "open_at_end": bool(history.ended_at) and self._status_before_end.opens_content,
        }

    @property
    def _owed(self) -> Money:
        """A debt does not grow with every attempt to collect it."""
        return Money(self.offer.price_minor if self.history.failed else 0, self.offer.terms.price.currency)

    @property
    def _status_before_end(self) -> SubscriptionStatus:
        return self.story.ended_from

    def _checked_at(self) -> datetime | None:
        """PayPal was last asked in the night, at its last payment, or when it ended."""
        if not self.at_paypal:
            return None
        in_the_night = self.batch.now - timedelta(minutes=self.rng.randrange(30, 480))
        return self.history.ended_at or max(in_the_night, self.history.last_paid or self.history.started_at)

    # --- how it ended

    def _change_row(self, ended_at: datetime) -> dict[str, Any]:
        by_term, status = self.story.ended_by == EndedBy.TERM, self.story.status
        return self._actor() | {
            "id": identify(str(self.id), "change"),
            "merchant_id": self.merchant_id,
            "subscription_id": self.id,
            "key": identify(str(self.id), "key").hex,
            "action": _ACTIONS[status],
            "from_status": self._status_before_end,
            "wished_status": status,
            "to_status": status,
            "reason": self.story.reason,
            "state": ChangeState.DONE,
            "requested_at": ended_at - timedelta(seconds=2),
            "settled_at": ended_at + timedelta(seconds=1),
            "account_version": 1 if self.at_paypal else None,
            "attempts": 1 if self.at_paypal else 0,
            "sent_at": ended_at - timedelta(seconds=1) if self.at_paypal and not by_term else None,
            "already_done": by_term,
            "paypal_status": self._remote_status() if self.at_paypal else None,
            "paypal_at": ended_at if self.at_paypal else None,
        }

    def _actor(self) -> dict[str, Any]:
        match self.story.ended_by:
            case EndedBy.TERM:
                return {"actor_kind": ActorKind.KOONEO, "actor_id": None, "actor_name": "Kooneo"}
            case EndedBy.CUSTOMER:
                name = self.person.name
                return {"actor_kind": ActorKind.CUSTOMER, "actor_id": self.customer_id, "actor_name": name}
            case EndedBy.MEMBER:
                member = self._who_may_end()
                member_id = member_identity(member)
                return {"actor_kind": ActorKind.MEMBER, "actor_id": member_id, "actor_name": member.name}

    def _who_may_end(self) -> MemberPlan:
        return self.rng.choice(self.batch.merchant.members[:2])

    # --- at PayPal

    def _remote_status(self) -> str:
        if self.story.ended_by == EndedBy.TERM and self.history.ended_at:
            return "EXPIRED"
        return _AT_PAYPAL.get(self.story.status, "CANCELLED")

    def _write_remote(self) -> None:
        remote = self._remote_row()
        paid = [transaction(remote, "COMPLETED", remote.price, at) for at in self.history.paid]
        failed = [transaction(remote, "DECLINED", remote.price, at) for at in self.history.failed]
        self.batch.remote.append(remote)
        self.batch.remote_failures += failed
        payments = self.batch.rows[Payment]
        payments += self._paid_rows([(one.id, one.time) for one in paid])
        if paid and self._given_back and self.history.ended_at:
            self.batch.remote_refunds.append((paid[-1], self._given_back, self.history.ended_at))
        payments += [self._payment_row(one.id, one.time, PaymentState.FAILED) for one in failed]

    def _remote_row(self) -> SubscriptionRow:
        history, offer, price = self.history, self.offer, self.offer.terms.price
        return SubscriptionRow(
            id=self.paypal_id or "",
            client_id=_FORMER_CLIENT if self.story.former_account else self.batch.merchant.client_id,
            plan_id=plan_reference(self.batch.merchant, offer),
            price=price,
            start_time=history.started_at,
            status=self._remote_status(),
            interval_unit=offer.interval.name,
            interval_count=offer.interval_count,
            total_cycles=offer.total_cycles or 0,
            cycles_completed=len(history.paid),
            next_billing_time=history.next_billing_at,
            last_payment=RemotePayment(price, history.paid[-1]) if history.paid else None,
            last_failed_payment=RemotePayment(price, history.failed[-1]) if history.failed else None,
            retry_time=history.retry_at,
            outstanding=self._owed if history.failed else None,
            failed_payments_count=len(history.failed),
            payments_fail=bool(history.failed),
            status_update_time=history.changed_at or history.started_at,
            custom_id=str(self.id),
            email=self.person.email,
            given_name=self.person.given_name,
            surname=self.person.family_name,
            plan_name=offer.title,
        )

    def _paid_rows(self, paid: Sequence[tuple[str | None, datetime]]) -> list[dict[str, Any]]:
        rows = [self._payment_row(reference, at, PaymentState.COMPLETED) for reference, at in paid]
        if rows and self._given_back:
            rows[-1] |= {"refunded_minor": self._given_back, "refunded_at": self.history.ended_at}
        return rows

    @property
    def _given_back(self) -> int:
        """Of the last payment, in minor units."""
        return self.offer.price_minor * self.story.refunded_percent // 100

    def _payment_row(self, transaction_id: str | None, at: datetime, state: PaymentState) -> dict[str, Any]:
        return {
            # Of all rows there are most of these: a digest each would take longer than the insert.
            "id": uuid.UUID(int=self.rng.getrandbits(128), version=4),
            "merchant_id": self.merchant_id,
            "customer_id": self.customer_id,
            "subscription_id": self.id,
            "paypal_transaction_id": transaction_id,
            "amount_minor": self.offer.price_minor,
            "currency": self.offer.terms.price.currency,
            "state": state,
            "at": at,
            "refunded_minor": 0,
            "refunded_at": None,
        }


def member_identity(member: MemberPlan) -> uuid.UUID:
    return identify(TeamMember.__tablename__, member.email)


def plan_reference(merchant: MerchantPlan, offer: OfferPlan) -> str:
    return paypal_reference("P-", identify(merchant.slug, "offer", offer.key), 24)
