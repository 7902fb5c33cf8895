"""PayPal's plans and products -> what Kooneo works with."""

from dataclasses import dataclass

from kooneo.paypal.answers import same_id
from kooneo.paypal.api import Answer
from kooneo.paypal.fields import Part
from kooneo.paypal.statuses import IntervalUnit, PlanStatus
from kooneo.terms import Interval, Terms

# Lengths of the OpenAPI files.
_ID = 50
_NAME = 127
_WORD = 24
_DESCRIPTION = 256


@dataclass(frozen=True)
class RemotePlan:
    plan_id: str
    product_id: str | None
    name: str | None
    sold: bool
    """New subscriptions to it can be made."""
    terms: Terms | None
    """None: it has no one price (volume or tiered pricing)."""


@dataclass(frozen=True)
class RemoteProduct:
    product_id: str
    name: str | None
    description: str | None


def read_plan(answer: Answer, asked_id: str) -> RemotePlan:
    body = Part(answer.body, "", answer.debug_id)
    return RemotePlan(
        plan_id=same_id(body, asked_id),
        product_id=body.text("product_id", _ID),
        name=body.text("name", _NAME),
        sold=body.text("status", _WORD) == PlanStatus.ACTIVE,
        terms=_terms(body),
    )


def read_own_terms(answer: Answer, asked_id: str) -> Terms | None:
    """Of a subscription asked for with its plan: what was agreed for it alone."""
    body = Part(answer.body, "", answer.debug_id)
    same_id(body, asked_id)
    return _terms(body.part("plan"))


def read_product(answer: Answer, asked_id: str) -> RemoteProduct:
    body = Part(answer.body, "", answer.debug_id)
    return RemoteProduct(same_id(body, asked_id), body.text("name", _NAME), body.text("description", _DESCRIPTION))


def _terms(plan: Part) -> Terms | None:
    """Of the regular cycle, which a plan has once; what a trial costs is no part of them."""
    regular = (cycle for cycle in plan.parts("billing_cycles") if cycle.text("tenure_type", _WORD) == "REGULAR")
    cycle = next(regular, None)
    price = cycle.part("pricing_scheme").money("fixed_price") if cycle else None
    if cycle is None or price is None:
        return None
    frequency = cycle.part("frequency")
    unit = frequency.word("interval_unit", IntervalUnit)
    times = cycle.count("total_cycles")
    # The file's default is one; nought goes on without end.
    total = 1 if times is None else times or None
    return Terms(price, Interval(unit.lower()), frequency.count("interval_count") or 1, total)
