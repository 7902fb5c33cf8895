"""What a merchant's program creates at PayPal: a product, a plan of it, a subscription to the plan."""

import json
import secrets
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from kooneo.money import Money
from kooneo.paypal_simulator import bodies, store
from kooneo.paypal_simulator.answers import Refusal, detail, refusal
from kooneo.paypal_simulator.subscription import SubscriptionRow

Body = dict[str, Any]
Create = Callable[[sqlite3.Connection, str, Any, str], Body]

APPROVAL_PATH = "/webapps/billing/subscriptions"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


# --- once for each PayPal-Request-Id


def created_before(db: sqlite3.Connection, client_id: str, action: str, request_id: str) -> Body | None:
    query = "SELECT body FROM creations WHERE client_id = ? AND action = ? AND request_id = ?"
    record = db.execute(query, (client_id, action, request_id)).fetchone()
    return dict(json.loads(record["body"])) if record else None


def remember(db: sqlite3.Connection, client_id: str, action: str, request_id: str, body: Body) -> None:
    if request_id:
        db.execute("INSERT INTO creations VALUES (?, ?, ?, ?)", (client_id, action, request_id, json.dumps(body)))


# --- products and plans: those that were created, and those that a subscription of the control routes speaks of


def product(db: sqlite3.Connection, client_id: str, product_id: str, root: str) -> Body | None:
    query = "SELECT * FROM products WHERE client_id = ? AND id = ?"
    if created := db.execute(query, (client_id, product_id)).fetchone():
        return bodies.product_of(created["id"], created["name"], created["description"], root)
    sold = store.subscription_of_product(db, client_id, product_id)
    return bodies.product(sold, root) if sold else None


def plan(db: sqlite3.Connection, client_id: str, plan_id: str, root: str) -> Body | None:
    query = "SELECT * FROM plans WHERE client_id = ? AND id = ?"
    if created := db.execute(query, (client_id, plan_id)).fetchone():
        cycle = json.loads(created["billing_cycle"])
        return bodies.plan_of(created["id"], created["product_id"], created["name"], cycle, root)
    sold = store.subscription_of_plan(db, client_id, plan_id)
    return bodies.plan(sold, root) if sold else None


def create_product(db: sqlite3.Connection, client_id: str, asked: Any, root: str) -> Body:
    product_id, name = _new_id("PROD-", 17), _text(asked, "name", 127)
    if asked.get("type") not in ("PHYSICAL", "DIGITAL", "SERVICE"):
        raise _wrong("/type")
    description = _text(asked, "description", 256) if "description" in asked else ""
    db.execute("INSERT INTO products VALUES (?, ?, ?, ?)", (product_id, client_id, name, description))
    return bodies.product_of(product_id, name, description, root)


def create_plan(db: sqlite3.Connection, client_id: str, asked: Any, root: str) -> Body:
    """Of one regular cycle with a fixed price: trials and tiers are not simulated."""
    product_id, name = _text(asked, "product_id", 50), _text(asked, "name", 127)
    if product(db, client_id, product_id, root) is None:
        raise Refusal(refusal(404, detail("INVALID_RESOURCE_ID", field="/product_id", value=product_id)))
    if not isinstance(asked.get("payment_preferences"), dict):
        raise _wrong("/payment_preferences")
    cycle, plan_id = _cycle(asked), _new_id("P-", 24)
    row = (plan_id, client_id, product_id, name, json.dumps(cycle))
    db.execute("INSERT INTO plans VALUES (?, ?, ?, ?, ?)", row)
    return bodies.plan_of(plan_id, product_id, name, cycle, root)


def _cycle(asked: Body) -> Body:
    cycles = asked.get("billing_cycles")
    if not isinstance(cycles, list) or len(cycles) != 1:
        raise _wrong("/billing_cycles")
    try:
        price = Money.parse(*_amount(cycles[0]["pricing_scheme"]["fixed_price"]))
        frequency = cycles[0]["frequency"]
        return {
            "tenure_type": "REGULAR",
            "sequence": 1,
            "total_cycles": int(cycles[0].get("total_cycles", 1)),
            "frequency": {
                "interval_unit": str(frequency["interval_unit"]),
                "interval_count": int(frequency.get("interval_count", 1)),
            },
            "pricing_scheme": {"version": 1, "fixed_price": bodies.money(price)},
        }
    except (KeyError, TypeError, ValueError):
        raise _wrong("/billing_cycles/0") from None


def _amount(money: Body) -> tuple[str, str]:
    return money["value"], money["currency_code"]


# --- subscriptions


def create_subscription(db: sqlite3.Connection, client_id: str, asked: Any, root: str) -> Body:
    """It waits for the customer, who agrees on the page that the link `approve` leads to."""
    plan_id = _text(asked, "plan_id", 50)
    sold = plan(db, client_id, plan_id, root)
    if sold is None:
        raise Refusal(refusal(404, detail("INVALID_RESOURCE_ID", field="/plan_id", value=plan_id)))
    context = asked.get("application_context") or {}
    return_url, cancel_url = _address(context, "return_url"), _address(context, "cancel_url")
    row = _subscription(db, client_id, sold, asked, root)
    store.save_new(db, [row])
    token = _new_id("BA-", 17)
    brand = str(context.get("brand_name", ""))
    db.execute("INSERT INTO approvals VALUES (?, ?, ?, ?, ?)", (token, row.id, brand, return_url, cancel_url))
    body = bodies.subscription(row, root)
    approve = bodies.link(f"{root}{APPROVAL_PATH}?{urlencode({'ba_token': token})}", "approve")
    return body | {"links": [approve, *body["links"]]}


def _subscription(db: sqlite3.Connection, client_id: str, sold: Body, asked: Body, root: str) -> SubscriptionRow:
    (cycle,), product_id = sold["billing_cycles"], sold["product_id"]
    subscriber = asked.get("subscriber") or {}
    name = subscriber.get("name") or {}
    return SubscriptionRow(
        id=_new_id("I-", 12),
        client_id=client_id,
        plan_id=sold["id"],
        price=Money.parse(*_amount(cycle["pricing_scheme"]["fixed_price"])),
        start_time=store.now(db),
        status="APPROVAL_PENDING",
        interval_unit=cycle["frequency"]["interval_unit"],
        interval_count=cycle["frequency"]["interval_count"],
        total_cycles=cycle["total_cycles"],
        custom_id=str(asked.get("custom_id", "")),
        email=str(subscriber.get("email_address", "")),
        given_name=str(name.get("given_name", "")),
        surname=str(name.get("surname", "")),
        plan_name=sold["name"],
        product_id=product_id,
        product_name=str((product(db, client_id, product_id, root) or {}).get("name", "")),
    )


def address_back(url: str, row: SubscriptionRow, token: str) -> str:
    """Where the customer is sent, with what PayPal adds."""
    added = urlencode({"subscription_id": row.id, "ba_token": token, "token": token})
    return f"{url}{'&' if urlsplit(url).query else '?'}{added}"


# --- what stands in a request


def _text(asked: Any, field: str, longest: int) -> str:
    value = asked.get(field) if isinstance(asked, dict) else None
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise _wrong(f"/{field}")
    return value


def _address(context: Any, field: str) -> str:
    value = _text(context, field, 4000)
    if urlsplit(value).scheme not in ("http", "https"):
        raise _wrong(f"/application_context/{field}")
    return value


def _wrong(field: str) -> Refusal:
    return Refusal(refusal(400, detail("INVALID_PARAMETER_VALUE", field=field, location="body")))


def _new_id(prefix: str, length: int) -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))
