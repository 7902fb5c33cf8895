"""From a product to a subscription that its customer agrees to."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from .callers import Control, Merchant

PRODUCT = {"name": "Aquarelle", "type": "DIGITAL"}
BACK, LEFT = "http://127.0.0.1:9/back?order=1", "http://127.0.0.1:9/left"


def created(merchant: Merchant, path: str, body: Any, request_id: str = "") -> requests.Response:
    headers = {"PayPal-Request-Id": request_id} if request_id else {}
    return merchant.call("POST", path, json=body, headers=headers)


def a_plan(product_id: str, **cycle: Any) -> dict[str, Any]:
    price = {"pricing_scheme": {"fixed_price": {"currency_code": "EUR", "value": "49.00"}}}
    frequency = {"frequency": {"interval_unit": "MONTH", "interval_count": 1}}
    regular = {"tenure_type": "REGULAR", "sequence": 1, "total_cycles": 0} | price | frequency | cycle
    preferences = {"auto_bill_outstanding": True}
    return {
        "product_id": product_id,
        "name": "Chaque mois",
        "billing_cycles": [regular],
        "payment_preferences": preferences,
    }


def a_sold_plan(merchant: Merchant, **cycle: Any) -> str:
    product_id = created(merchant, "/v1/catalogs/products", PRODUCT).json()["id"]
    return str(created(merchant, "/v1/billing/plans", a_plan(product_id, **cycle)).json()["id"])


def an_order(plan_id: str) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "subscriber": {"email_address": "alice@client.test", "name": {"given_name": "Alice", "surname": "Martin"}},
        "application_context": {"return_url": BACK, "cancel_url": LEFT, "brand_name": "Atelier"},
    }


def ordered(merchant: Merchant, **cycle: Any) -> dict[str, Any]:
    body = an_order(a_sold_plan(merchant, **cycle))
    return dict(created(merchant, "/v1/billing/subscriptions", body).json())


def approval_page(order: dict[str, Any]) -> str:
    return next(str(link["href"]) for link in order["links"] if link["rel"] == "approve")


def decides(order: dict[str, Any], decision: str) -> str:
    """Where the browser is sent afterwards."""
    answer = requests.post(approval_page(order), data={"decision": decision}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_what_was_created_is_there(merchant: Merchant) -> None:
    product = created(merchant, "/v1/catalogs/products", PRODUCT)
    assert product.status_code == 201
    plan = created(merchant, "/v1/billing/plans", a_plan(product.json()["id"], total_cycles=12)).json()
    assert merchant.call("GET", f"/v1/catalogs/products/{product.json()['id']}").json() == product.json()
    assert merchant.call("GET", f"/v1/billing/plans/{plan['id']}").json() == plan
    assert plan["billing_cycles"][0]["total_cycles"] == 12


def test_the_same_request_id_creates_once(merchant: Merchant) -> None:
    first, again = (created(merchant, "/v1/catalogs/products", PRODUCT, "once") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert created(merchant, "/v1/catalogs/products", PRODUCT, "twice").json()["id"] != first.json()["id"]


def test_a_subscription_begins_when_its_customer_agrees(merchant: Merchant) -> None:
    order = ordered(merchant, total_cycles=3)
    assert merchant.status(order["id"]) == "APPROVAL_PENDING"
    assert "Chaque mois" in requests.get(approval_page(order), timeout=10).text
    back = urlsplit(decides(order, "accept"))
    assert (back.path, parse_qs(back.query)["subscription_id"]) == ("/back", [order["id"]])
    body = merchant.get(order["id"]).json()
    assert body["status"] == "ACTIVE"
    assert body["billing_info"]["cycle_executions"][0]["cycles_completed"] == 1
    assert [one["status"] for one in merchant.transactions(order["id"]).json()["transactions"]] == ["COMPLETED"]


def test_agreeing_twice_pays_once(merchant: Merchant) -> None:
    order = ordered(merchant)
    assert decides(order, "accept") == decides(order, "accept")
    assert len(merchant.transactions(order["id"]).json()["transactions"]) == 1


def test_whoever_refuses_pays_nothing_and_may_still_agree(merchant: Merchant) -> None:
    order = ordered(merchant)
    assert decides(order, "refuse").startswith(LEFT)
    assert merchant.status(order["id"]) == "APPROVAL_PENDING"
    decides(order, "accept")
    assert merchant.status(order["id"]) == "ACTIVE"


def test_a_page_that_nobody_was_given_is_not_there(paypal_url: str) -> None:
    page = f"{paypal_url}/webapps/billing/subscriptions"
    assert requests.get(page, params={"ba_token": "BA-UNKNOWN"}, timeout=10).status_code == 404
    assert requests.get(page, timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/catalogs/products", {"name": "Aquarelle"}, 400),
        ("/v1/catalogs/products", {"type": "DIGITAL"}, 400),
        ("/v1/billing/plans", a_plan("PROD-NOTHERE"), 404),
        ("/v1/billing/subscriptions", an_order("P-NOTHERE"), 404),
    ],
)
def test_what_cannot_be_created(merchant: Merchant, path: str, body: dict[str, Any], status: int) -> None:
    assert created(merchant, path, body).status_code == status


def test_a_plan_without_a_price_and_an_order_without_a_way_back_are_refused(merchant: Merchant) -> None:
    product_id = created(merchant, "/v1/catalogs/products", PRODUCT).json()["id"]
    assert created(merchant, "/v1/billing/plans", a_plan(product_id, pricing_scheme={})).status_code == 400
    order = an_order(a_sold_plan(merchant)) | {"application_context": {}}
    assert created(merchant, "/v1/billing/subscriptions", order).status_code == 400


def test_anothers_plan_is_not_there(merchant: Merchant, paypal_url: str) -> None:
    other = Merchant(paypal_url, "demo-client-voisin", "demo-secret-voisin").signed_in()
    plan_id = a_sold_plan(merchant)
    assert other.call("GET", f"/v1/billing/plans/{plan_id}").status_code == 404
    assert created(other, "/v1/billing/subscriptions", an_order(plan_id)).status_code == 404


def test_a_creation_that_fails_on_the_way_back_is_found_again(merchant: Merchant, control: Control) -> None:
    body = an_order(a_sold_plan(merchant))
    control.fails("create_subscription", "500_applied")
    assert created(merchant, "/v1/billing/subscriptions", body, "once").status_code == 500
    assert created(merchant, "/v1/billing/subscriptions", body, "once").status_code == 200
    assert len(merchant.list().json()["subscriptions"]) == 1
