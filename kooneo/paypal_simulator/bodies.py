"""PayPal's answers about subscriptions, as real ones look: what does not apply is absent, not null."""

import hashlib
from collections.abc import Callable
from typing import Any

from kooneo.money import Money, decimals
from kooneo.paypal_simulator import instants
from kooneo.paypal_simulator.billing import Transaction, final_payment_time
from kooneo.paypal_simulator.subscription import WAITING_FOR_APPROVAL, Payment, SubscriptionRow

PageAddress = Callable[[int], str]

_PAYER_ID_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

_LINKS = {
    "APPROVAL_PENDING": ("edit", "self"),
    "APPROVED": ("edit", "self"),
    "ACTIVE": ("cancel", "edit", "self", "suspend", "capture"),
    "SUSPENDED": ("activate", "cancel", "edit", "self", "capture"),
    "CANCELLED": ("self",),
    "EXPIRED": ("self",),
}
_LINK_METHODS = {"self": "GET", "edit": "PATCH"}


def subscription(row: SubscriptionRow, root: str, *, with_plan: bool = False) -> dict[str, Any]:
    """`root` is this server's address, without a trailing slash."""
    body: dict[str, Any] = {
        "id": row.id,
        "plan_id": row.plan_id,
        "status": row.status,
        "start_time": instants.render(row.start_time),
        "create_time": instants.render(row.start_time),
        "quantity": "1",
        "plan_overridden": row.plan_overridden,
        "links": _subscription_links(row, root),
    }
    body |= _given(status_change_note=row.status_change_note, custom_id=row.custom_id, subscriber=_subscriber(row))
    if row.status != "APPROVAL_PENDING" and row.status_update_time:
        changed_at = instants.render(row.status_update_time)
        body |= {"status_update_time": changed_at, "update_time": changed_at}
    if row.status not in WAITING_FOR_APPROVAL:
        body["billing_info"] = _billing_info(row)
    if with_plan:
        body["plan"] = plan(row, root)
    return body


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _subscriber(row: SubscriptionRow) -> dict[str, Any]:
    approved = row.status != "APPROVAL_PENDING"  # until then PayPal does not know who will pay
    return _given(email_address=row.email, payer_id=_payer_id(row) if approved else "", name=_name(row))


def _name(row: SubscriptionRow) -> dict[str, str]:
    return _given(given_name=row.given_name, surname=row.surname)


def _payer_id(row: SubscriptionRow) -> str:
    """One per buyer, whatever they subscribe to."""
    digest = hashlib.sha256((row.email or row.id).encode()).digest()
    return "".join(_PAYER_ID_ALPHABET[byte % 32] for byte in digest[:13])


def _billing_info(row: SubscriptionRow) -> dict[str, Any]:
    info: dict[str, Any] = {
        "outstanding_balance": money(row.debt),
        "cycle_executions": [_cycle_execution(row)],
        "failed_payments_count": row.failed_payments_count,
    }
    if row.last_payment:
        info["last_payment"] = _payment(row.last_payment)
    if row.last_failed_payment:
        info["last_failed_payment"] = _failed_payment(row, row.last_failed_payment)
    if row.next_billing_time:
        info["next_billing_time"] = instants.render(row.next_billing_time)
    if last := final_payment_time(row):
        info["final_payment_time"] = instants.render(last)
    return info


def _cycle_execution(row: SubscriptionRow) -> dict[str, Any]:
    return {
        "tenure_type": "REGULAR",
        "sequence": 1,
        "cycles_completed": row.cycles_completed,
        "cycles_remaining": max(row.total_cycles - row.cycles_completed, 0),  # 0 for an endless plan too
        "current_pricing_scheme_version": 1,
        "total_cycles": row.total_cycles,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {"amount": money(payment.amount), "time": instants.render(payment.time)}


def _failed_payment(row: SubscriptionRow, payment: Payment) -> dict[str, Any]:
    retry = {"next_payment_retry_time": instants.render(row.retry_time)} if row.retry_time else {}
    return _payment(payment) | {"reason_code": "PAYMENT_DENIED"} | retry


def money(amount: Money) -> dict[str, str]:
    return {"currency_code": amount.currency, "value": str(amount)}


def _subscription_links(row: SubscriptionRow, root: str) -> list[dict[str, str]]:
    href = f"{root}/v1/billing/subscriptions/{row.id}"
    return [
        link(href if rel in _LINK_METHODS else f"{href}/{rel}", rel, _LINK_METHODS.get(rel, "POST"))
        for rel in _LINKS[row.status]
    ]


def link(href: str, rel: str, method: str = "GET") -> dict[str, str]:
    return {"href": href, "rel": rel, "method": method}


def transactions(row: SubscriptionRow, found: list[Transaction], address: str) -> dict[str, Any]:
    return {
        "transactions": [_transaction(row, one) for one in found],
        "total_items": len(found),
        "total_pages": 1 if found else 0,
        "links": [link(address, "self")],
    }


def _transaction(row: SubscriptionRow, one: Transaction) -> dict[str, Any]:
    body = {
        "id": one.id,
        "status": one.status,
        "amount_with_breakdown": _breakdown(one),
        "time": instants.render(one.time),
    }
    return body | _given(payer_name=_name(row), payer_email=row.email)


def _breakdown(one: Transaction) -> dict[str, Any]:
    gross = {"gross_amount": money(one.amount)}
    if one.status == "DECLINED":
        return gross
    fixed = 35 if decimals(one.amount.currency) else 40
    fee = min(one.amount.minor * 29 // 1000 + fixed, one.amount.minor)  # the usual 2.9 % and a fixed part
    net = Money(one.amount.minor - fee, one.amount.currency)
    return gross | {"fee_amount": money(Money(fee, one.amount.currency)), "net_amount": money(net)}


def page(rows: list[SubscriptionRow], root: str, address: PageAddress, *, number: int, pages: int) -> dict[str, Any]:
    """The list's page `number` of `pages`."""
    links = [link(address(number), "self"), link(address(1), "first")]
    if number < pages:
        links += [link(address(number + 1), "next"), link(address(pages), "last")]
    return {"subscriptions": [subscription(row, root) for row in rows], "links": links}


def plan(row: SubscriptionRow, root: str) -> dict[str, Any]:
    """The plan `row` was sold with."""
    cycle = {
        "tenure_type": "REGULAR",
        "sequence": 1,
        "total_cycles": row.total_cycles,
        "frequency": {"interval_unit": row.interval_unit, "interval_count": row.interval_count},
        "pricing_scheme": {"version": 1, "fixed_price": money(row.price)},
    }
    return plan_of(row.plan_id, row.sold_product, row.plan_name or row.plan_id, cycle, root)


def plan_of(plan_id: str, product_id: str, name: str, cycle: dict[str, Any], root: str) -> dict[str, Any]:
    return {
        "id": plan_id,
        "product_id": product_id,
        "name": name,
        "status": "ACTIVE",
        "billing_cycles": [cycle],
        "payment_preferences": {"auto_bill_outstanding": True, "payment_failure_threshold": 3},
        "links": [link(f"{root}/v1/billing/plans/{plan_id}", "self")],
    }


def product(row: SubscriptionRow, root: str) -> dict[str, Any]:
    """What the plan sells that `row` was sold with."""
    return product_of(row.sold_product, row.product_name or row.plan_name or row.plan_id, "", root)


def product_of(product_id: str, name: str, description: str, root: str) -> dict[str, Any]:
    body = {"id": product_id, "name": name, "type": "DIGITAL"} | _given(description=description)
    return body | {"links": [link(f"{root}/v1/catalogs/products/{product_id}", "self")]}
