"""Every answer stands in PayPal's own OpenAPI file."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError

from .callers import EVER, Control, Merchant, a_subscription
from .test_selling import PRODUCT, a_plan, an_order, created

_FILE = Path(__file__).parents[3] / "shared" / "paypal-openapi" / "billing_subscriptions_v1.json"

pytestmark = pytest.mark.skipif(not _FILE.exists(), reason=f"PayPal's OpenAPI file is not on this machine: {_FILE}")

_ACTIONS = ("cancel", "suspend", "activate")


class Contract:
    def __init__(self, base_url: str, file: Path = _FILE) -> None:
        document = json.loads(file.read_text())
        document["servers"] = [{"url": base_url}]
        # PayPal's pattern for e-mail addresses is not a valid regular expression.
        document["components"]["schemas"].get("email", {}).pop("pattern", None)
        self._api = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))

    def holds_for(self, response: requests.Response) -> None:
        self._api.validate_response(RequestsOpenAPIRequest(response.request), RequestsOpenAPIResponse(response))
        assert response.headers["Paypal-Debug-Id"]
        if response.status_code >= 400:
            assert response.json()["debug_id"] == response.headers["Paypal-Debug-Id"]
            assert {"name", "message", "details"} <= response.json().keys()


@pytest.fixture
def contract(paypal_url: str) -> Contract:
    return Contract(paypal_url)


@pytest.fixture
def products(paypal_url: str) -> Contract:
    return Contract(paypal_url, _FILE.with_name("catalogs_products_v1.json"))


@pytest.fixture
def without_permission(paypal_url: str, control: Control) -> Merchant:
    keys = {"client_id": "no-subscriptions", "client_secret": "secret", "scopes": ["openid"]}
    control.send("POST", "accounts", json=keys)
    return Merchant(paypal_url, "no-subscriptions", "secret").signed_in()


def every_call(merchant: Merchant, subscription_id: str) -> list[requests.Response]:
    return [
        merchant.get(subscription_id),
        merchant.transactions(subscription_id),
        *(merchant.act(action, subscription_id) for action in _ACTIONS),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "APPROVAL_PENDING"},
        {"status": "APPROVED"},
        {"status": "ACTIVE", "cycles_completed": 9, "custom_id": "kooneo-1"},
        {"status": "ACTIVE", "failed_payments_count": 1, "outstanding": "49.00"},
        {"status": "ACTIVE", "total_cycles": 3, "cycles_completed": 1},
        {"status": "ACTIVE", "price": "4900", "currency": "JPY", "cycles_completed": 2},
        {"status": "ACTIVE", "email": "", "given_name": "", "surname": ""},
        {"status": "SUSPENDED", "status_change_note": "Pause"},
        {"status": "CANCELLED", "cycles_completed": 2},
        {"status": "EXPIRED", "total_cycles": 2, "cycles_completed": 2},
    ],
    ids=lambda fields: "-".join(str(value) for value in fields.values()),
)
def test_a_subscription_and_its_transactions_are_as_paypal_describes_them(
    merchant: Merchant, control: Control, contract: Contract, fields: dict[str, Any]
) -> None:
    control.has(a_subscription(**fields))
    control.days_pass(40)
    for response in (merchant.get("I-ALICE", fields="plan"), merchant.transactions("I-ALICE")):
        assert response.status_code == 200
        contract.holds_for(response)


@pytest.mark.parametrize(("action", "status"), [("cancel", "ACTIVE"), ("suspend", "ACTIVE"), ("activate", "SUSPENDED")])
def test_a_change_that_is_made_answers_204(
    merchant: Merchant, control: Control, contract: Contract, action: str, status: str
) -> None:
    control.has(a_subscription(status=status))
    response = merchant.act(action, "I-ALICE")
    assert response.status_code == 204
    contract.holds_for(response)
    contract.holds_for(merchant.get("I-ALICE"))


@pytest.mark.parametrize("action", _ACTIONS)
def test_a_change_from_the_wrong_status_is_a_422(
    merchant: Merchant, control: Control, contract: Contract, action: str
) -> None:
    control.has(a_subscription(status="EXPIRED"))
    response = merchant.act(action, "I-ALICE")
    assert response.status_code == 422
    assert response.json()["details"][0]["issue"] == "SUBSCRIPTION_STATUS_INVALID"
    contract.holds_for(response)


@pytest.mark.parametrize("reason", [None, "", "x" * 129, 7])
@pytest.mark.parametrize("action", _ACTIONS)
def test_a_wrong_reason_is_a_400(
    merchant: Merchant, control: Control, contract: Contract, action: str, reason: object
) -> None:
    control.has(a_subscription())
    response = merchant.act(action, "I-ALICE", {"reason": reason})
    assert response.status_code == 400
    assert response.json()["details"][0]["field"] == "/reason"
    contract.holds_for(response)


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": EVER["start_time"]},
        {"end_time": EVER["end_time"]},
        {"start_time": "yesterday", "end_time": EVER["end_time"]},
        {"start_time": EVER["end_time"], "end_time": EVER["start_time"]},
    ],
)
def test_transactions_without_a_proper_range_are_a_400(
    merchant: Merchant, control: Control, contract: Contract, query: dict[str, str]
) -> None:
    control.has(a_subscription())
    response = merchant.transactions("I-ALICE", **query)
    assert response.status_code == 400
    contract.holds_for(response)


def test_without_a_token_everything_is_a_401(paypal_url: str, control: Control, contract: Contract) -> None:
    control.has(a_subscription())
    for response in every_call(Merchant(paypal_url), "I-ALICE"):
        assert response.status_code == 401
        contract.holds_for(response)


def test_without_the_permission_everything_is_a_403(
    without_permission: Merchant, control: Control, contract: Contract
) -> None:
    control.has(a_subscription())
    for response in every_call(without_permission, "I-ALICE"):
        assert response.status_code == 403
        contract.holds_for(response)


def test_an_unknown_id_is_a_404_everywhere(merchant: Merchant, contract: Contract) -> None:
    for response in every_call(merchant, "I-NOBODY"):
        assert response.status_code == 404
        assert response.json()["details"][0]["issue"] == "INVALID_RESOURCE_ID"
        contract.holds_for(response)


def test_a_body_of_the_wrong_type_is_a_415(merchant: Merchant, control: Control, contract: Contract) -> None:
    control.has(a_subscription())
    response = merchant.call("POST", "/v1/billing/subscriptions/I-ALICE/cancel", data=b"reason=x")
    assert response.status_code == 415
    contract.holds_for(response)


# 429 is not in the file (its `default` lists the errors it knows): PayPal's documentation of rate limits has it.
@pytest.mark.parametrize("kind", ["400", "401", "403", "404", "422", "500", "503"])
def test_a_failure_told_to_the_simulator_is_one_of_paypals(
    merchant: Merchant, control: Control, contract: Contract, kind: str
) -> None:
    control.has(a_subscription())
    for action in _ACTIONS:
        control.fails(action, kind)
        response = merchant.act(action, "I-ALICE")
        assert response.status_code == int(kind)
        contract.holds_for(response)


def test_a_plan_is_as_paypal_describes_it(merchant: Merchant, control: Control, contract: Contract) -> None:
    control.has(a_subscription())
    response = merchant.call("GET", "/v1/billing/plans/P-MONTHLY")
    assert response.status_code == 200
    contract.holds_for(response)


def test_a_product_is_as_paypal_describes_it(merchant: Merchant, control: Control, products: Contract) -> None:
    control.has(a_subscription(product_id="PROD-WATERCOLOUR", product_name="Aquarelle"))
    response = merchant.call("GET", "/v1/catalogs/products/PROD-WATERCOLOUR")
    assert response.json()["name"] == "Aquarelle"
    products.holds_for(response)


def test_what_is_created_is_as_paypal_describes_it(merchant: Merchant, contract: Contract, products: Contract) -> None:
    product = created(merchant, "/v1/catalogs/products", PRODUCT)
    plan = created(merchant, "/v1/billing/plans", a_plan(product.json()["id"]))
    order = created(merchant, "/v1/billing/subscriptions", an_order(plan.json()["id"]))
    products.holds_for(product)
    for response in (plan, order):
        assert response.status_code == 201
        contract.holds_for(response)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda body: body | {"status": "STOPPED"},
        lambda body: body | {"start_time": "2026-01-31"},
        lambda body: body | {"billing_info": {"failed_payments_count": 0}},
        lambda body: body | {"subscriber": {"payer_id": "alice"}},
        lambda body: body | {"billing_info": body["billing_info"] | {"outstanding_balance": {"value": "1,00"}}},
    ],
)
def test_the_contract_can_be_broken(merchant: Merchant, control: Control, contract: Contract, break_it: Any) -> None:
    control.has(a_subscription())
    response = merchant.get("I-ALICE")
    contract.holds_for(response)
    response._content = json.dumps(break_it(response.json())).encode()
    with pytest.raises(OpenAPIError):
        contract.holds_for(response)
