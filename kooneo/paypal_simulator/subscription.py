"""A subscription as the simulator keeps it, and its JSON on the control routes."""

import hashlib
import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from kooneo.money import Money
from kooneo.paypal_simulator import instants

STATUSES = ("APPROVAL_PENDING", "APPROVED", "ACTIVE", "SUSPENDED", "CANCELLED", "EXPIRED")
WAITING_FOR_APPROVAL = ("APPROVAL_PENDING", "APPROVED")
ENDED = ("CANCELLED", "EXPIRED")
INTERVAL_UNITS = ("DAY", "WEEK", "MONTH", "YEAR")

_ID = re.compile(r"[A-Za-z0-9-]{3,50}")


@dataclass(frozen=True)
class Payment:
    amount: Money
    time: datetime


@dataclass(frozen=True, kw_only=True)
class SubscriptionRow:
    """One subscription. Only the first five fields have no default; what is None is worked out when the row is stored.

    id                    PayPal's id, `I-…`; storing a row with a known id replaces it
    client_id             the PayPal account (its REST app) that sold it: only these keys see it
    plan_id               PayPal's id of the plan, `P-…`
    price                 what one cycle costs
    start_time            the first due date; its day of the month stays the due day
    status                one of STATUSES
    interval_unit, interval_count   one cycle: 1 MONTH, 3 MONTH, 1 YEAR, 2 WEEK…
    total_cycles          0 = endless
    cycles_completed      cycles paid so far; as many past transactions are written
    next_billing_time     None: the first due date after now (never kept for an ended subscription)
    last_payment          None: the price, at the latest completed cycle
    last_failed_payment   None: the price at the latest due date when failed_payments_count > 0
    retry_time            when a failed payment is tried again; None: with the next cycle
    outstanding           what is owed; None: nothing
    failed_payments_count failures since the last success; the third suspends
    payments_fail         what the next payments will do (told by the control routes)
    status_update_time    None: now
    status_change_note    the reason given with the latest cancel, suspend or activate
    custom_id, email, given_name, surname, plan_name   shown as they are; empty: absent from PayPal's answers
    plan_overridden       its terms are its own: another subscription to the plan shows the plan's
    product_id, product_name   what the plan sells, `PROD-…`; empty: a product of its own, named like the plan
    """

    id: str
    client_id: str
    plan_id: str
    price: Money
    start_time: datetime
    status: str = "ACTIVE"
    interval_unit: str = "MONTH"
    interval_count: int = 1
    total_cycles: int = 0
    cycles_completed: int = 0
    next_billing_time: datetime | None = None
    last_payment: Payment | None = None
    last_failed_payment: Payment | None = None
    retry_time: datetime | None = None
    outstanding: Money | None = None
    failed_payments_count: int = 0
    payments_fail: bool = False
    status_update_time: datetime | None = None
    status_change_note: str = ""
    custom_id: str = ""
    email: str = ""
    given_name: str = ""
    surname: str = ""
    plan_name: str = ""
    plan_overridden: bool = False
    product_id: str = ""
    product_name: str = ""

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(problem)

    @property
    def sold_product(self) -> str:
        """PayPal's id of the product that the plan sells."""
        return self.product_id or "PROD-" + hashlib.sha256(self.plan_id.encode()).hexdigest()[:17].upper()

    @property
    def debt(self) -> Money:
        return self.outstanding or Money(0, self.price.currency)


def _problems(row: SubscriptionRow) -> list[str]:
    rules = {
        "id: 3 to 50 letters, digits and hyphens": bool(_ID.fullmatch(row.id)),
        "plan_id: 3 to 50 letters, digits and hyphens": bool(_ID.fullmatch(row.plan_id)),
        "product_id: 6 to 50 letters, digits and hyphens": (
            not row.product_id or (bool(_ID.fullmatch(row.product_id)) and len(row.product_id) >= 6)
        ),
        f"status: one of {', '.join(STATUSES)}": row.status in STATUSES,
        f"interval_unit: one of {', '.join(INTERVAL_UNITS)}": row.interval_unit in INTERVAL_UNITS,
        "interval_count: 1 to 365": 1 <= row.interval_count <= 365,
        "total_cycles: 0 to 999": 0 <= row.total_cycles <= 999,
        "cycles_completed: 0 to 9999, at most total_cycles": (
            0 <= row.cycles_completed <= (row.total_cycles or 9999)  # 0 is endless
        ),
        "failed_payments_count: 0 to 999": 0 <= row.failed_payments_count <= 999,
        "price: not negative": row.price.minor >= 0,
        "outstanding: not negative, in the price's currency": (
            row.debt.minor >= 0 and row.debt.currency == row.price.currency
        ),
    }
    return [rule for rule, kept in rules.items() if not kept]


FIELD_NAMES = tuple(field.name for field in fields(SubscriptionRow))
_JSON_NAMES = frozenset({*FIELD_NAMES, "currency"})
_INSTANTS = frozenset({"start_time", "next_billing_time", "retry_time", "status_update_time"})
_PAYMENTS = frozenset({"last_payment", "last_failed_payment"})
_AMOUNTS = frozenset({"price", "outstanding"})
_FLAGS = frozenset({"payments_fail", "plan_overridden"})
_NUMBERS = frozenset({"interval_count", "total_cycles", "cycles_completed", "failed_payments_count"})


def to_json(row: SubscriptionRow) -> dict[str, Any]:
    """Every field; amounts are decimal strings in `currency`, instants RFC 3339."""
    return {"currency": row.price.currency} | {name: _to_plain(getattr(row, name)) for name in FIELD_NAMES}


def _to_plain(value: Any) -> Any:
    match value:
        case Money():
            return str(value)
        case datetime():
            return instants.render(value)
        case Payment():
            return {"amount": str(value.amount), "time": instants.render(value.time)}
        case _:
            return value


def from_json(document: Any) -> SubscriptionRow:
    """The reverse of `to_json`; a field with a default may be left out. Raises ValueError, by field name."""
    if not isinstance(document, dict):
        raise ValueError("a subscription is a JSON object")
    unknown = document.keys() - _JSON_NAMES
    if unknown:
        raise ValueError(f"unknown field: {', '.join(sorted(unknown))}; known: {', '.join(sorted(_JSON_NAMES))}")
    missing = [name for name in ("id", "client_id", "plan_id", "price", "start_time") if document.get(name) is None]
    if missing:
        raise ValueError(f"missing field: {', '.join(missing)}")
    currency = document.get("currency", "EUR")
    return SubscriptionRow(
        **{name: _read(name, value, currency) for name, value in document.items() if name != "currency"}
    )


def _read(name: str, value: Any, currency: str) -> Any:
    try:
        return _from_plain(name, value, currency)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{name}: {error}") from error


def _from_plain(name: str, value: Any, currency: str) -> Any:
    if value is None and name in _INSTANTS | _PAYMENTS | {"outstanding"}:
        return None
    if name in _AMOUNTS:
        return Money.parse(value, currency)
    if name in _INSTANTS:
        return instants.parse(value)
    if name in _PAYMENTS:
        return Payment(Money.parse(value["amount"], currency), instants.parse(value["time"]))
    if name in _NUMBERS:
        return _expect(value, int)
    if name in _FLAGS:
        return _expect(value, bool)
    return _expect(value, str)


def _expect(value: Any, kind: type) -> Any:
    if type(value) is not kind:  # isinstance would take True for a number
        raise ValueError(f"{value!r} is not {kind.__name__}")
    return value
