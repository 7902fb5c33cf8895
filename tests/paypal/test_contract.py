"""Every request validates against PayPal's own OpenAPI file (Subscriptions 1.6), read where it lies, never copied."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from kooneo.money import Money
from kooneo.paypal import Gateway
from kooneo.terms import Interval, Terms

from .builders import ID, a_new_subscription, a_plan, a_subscription, a_transaction, an_approval
from .server import Answer, PayPalServer, Request, json_answer

CONTRACT = Path(__file__).parents[3] / "shared" / "paypal-openapi" / "billing_subscriptions_v1.json"
PLAN = "P-5ML4271244454362WXNWU5NQ"
TERMS = Terms(Money(4900, "EUR"), Interval.MONTH, 1, 12)
REASON = "Asked by the merchant"
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2026, 2, 1, tzinfo=UTC)
A_QUESTION = Request("GET", f"/v1/billing/subscriptions/{ID}", {"authorization": "Bearer x"}, b"", 1)
AN_ACTION = Request("POST", f"/v1/billing/subscriptions/{ID}/cancel", {"authorization": "Bearer x"}, b"{}", 1)

pytestmark = pytest.mark.skipif(
    not CONTRACT.parent.is_dir(), reason=f"PayPal's OpenAPI files are not beside this checkout ({CONTRACT.parent})."
)


@pytest.fixture(scope="module")
def contract() -> OpenAPI:
    return described(CONTRACT)


def described(file: Path) -> OpenAPI:
    document = json.loads(file.read_text())
    document["components"]["schemas"].get("email", {}).pop("pattern", None)  # no valid regular expression
    # openapi-core knows no OAuth 2 and would skip the check: described as what it comes down to, a bearer token.
    document["components"]["securitySchemes"]["Oauth2"] = {"type": "http", "scheme": "bearer"}
    return OpenAPI.from_dict(document)


def as_sent(request: Request) -> MockRequest:
    url = urlsplit(request.target)
    return MockRequest(
        "https://api-m.sandbox.paypal.com",
        request.method.lower(),
        url.path,
        args=dict(parse_qsl(url.query)),
        headers=request.headers,
        data=request.body or None,
        content_type=request.headers.get("content-type", ""),
    )


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (lambda gateway: gateway.get_subscription(ID), json_answer(a_subscription())),
        (lambda gateway: gateway.cancel(ID, REASON), Answer(204)),
        (lambda gateway: gateway.suspend(ID, "x" * 128), Answer(204)),
        (lambda gateway: gateway.activate(ID, "x"), Answer(204)),
        (
            lambda gateway: gateway.list_transactions(ID, START, END),
            json_answer({"transactions": [a_transaction()]}),
        ),
        (lambda gateway: gateway.get_plan(PLAN), json_answer(a_plan())),
        (lambda gateway: gateway.get_own_terms(ID), json_answer(a_subscription(plan=a_plan()))),
        (
            lambda gateway: gateway.create_plan("PROD-XXCD1234QWER65782", "Atelier", TERMS, request_id="once"),
            json_answer(a_plan(), 201),
        ),
        (
            lambda gateway: gateway.create_subscription(a_new_subscription(), request_id="once"),
            json_answer(an_approval(), 201),
        ),
    ],
    ids=["get", "cancel", "suspend", "activate", "transactions", "plan", "own terms", "new plan", "new subscription"],
)
def test_requests_and_the_answers_of_these_tests_are_as_paypal_wrote_them(
    paypal: PayPalServer,
    gateway: Gateway,
    contract: OpenAPI,
    call: Callable[[Gateway], object],
    answer: Answer,
) -> None:
    paypal.answers(answer)
    call(gateway)
    (request,) = paypal.asked
    contract.validate_request(as_sent(request))
    contract.validate_response(
        as_sent(request), MockResponse(answer.body, answer.status, content_type="application/json")
    )


def test_a_new_product_is_as_paypals_catalogue_wants_it(paypal: PayPalServer, gateway: Gateway) -> None:
    catalogue = described(CONTRACT.with_name("catalogs_products_v1.json"))
    paypal.answers(json_answer({"id": "PROD-XXCD1234QWER65782"}, 201))
    gateway.create_product("Aquarelle", request_id="once")
    catalogue.validate_request(as_sent(paypal.asked[0]))


@pytest.mark.parametrize(
    "broken",
    [
        replace(A_QUESTION, target=f"/v1/billing/subscriptions//{ID}"),
        replace(A_QUESTION, method="DELETE"),
        replace(A_QUESTION, headers={}),
        replace(A_QUESTION, target=f"/v1/billing/subscriptions/{ID}/transactions"),
        replace(A_QUESTION, target=f"/v1/billing/subscriptions/{ID}/transactions?start_time=2026-01-01&end_time=x"),
        replace(AN_ACTION, headers=AN_ACTION.headers | {"content-type": "application/json"}),
        replace(AN_ACTION, headers=AN_ACTION.headers | {"content-type": "application/json"}, body=b'{"reason": ""}'),
        replace(AN_ACTION, headers=AN_ACTION.headers | {"content-type": "text/plain"}, body=b"reason"),
    ],
    ids=["slash", "method", "no token", "no period", "wrong period", "no reason", "empty reason", "no JSON"],
)
def test_a_broken_request_does_not_validate(contract: OpenAPI, broken: Request) -> None:
    with pytest.raises(OpenAPIError):
        contract.validate_request(as_sent(broken))


def test_a_broken_answer_does_not_validate(contract: OpenAPI) -> None:
    body: dict[str, Any] = a_subscription(status="PAUSED")
    with pytest.raises(OpenAPIError):
        contract.validate_response(as_sent(A_QUESTION), MockResponse(json.dumps(body).encode(), 200))
