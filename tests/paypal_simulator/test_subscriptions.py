"""What PayPal shows of a subscription, and how its status changes."""

from typing import Any

import pytest

from .callers import Control, Merchant, a_subscription


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("cancel", "ACTIVE", "CANCELLED"),
        ("cancel", "SUSPENDED", "CANCELLED"),
        ("suspend", "ACTIVE", "SUSPENDED"),
        ("activate", "SUSPENDED", "ACTIVE"),
    ],
)
def test_a_change_paypal_allows(merchant: Merchant, control: Control, action: str, before: str, after: str) -> None:
    control.has(a_subscription(status=before, status_update_time="2025-02-01T00:00:00Z"))
    asked_at = control.now()
    assert merchant.act(action, "I-ALICE", {"reason": "Because"}).status_code == 204
    body = merchant.get("I-ALICE").json()
    assert body["status"] == after
    assert body["status_change_note"] == "Because"
    assert body["status_update_time"] >= asked_at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (action, status)
        for action, allowed in {
            "cancel": {"ACTIVE", "SUSPENDED"},
            "suspend": {"ACTIVE"},
            "activate": {"SUSPENDED"},
        }.items()
        for status in ("APPROVAL_PENDING", "APPROVED", "ACTIVE", "SUSPENDED", "CANCELLED", "EXPIRED")
        if status not in allowed
    ],
)
def test_a_change_paypal_refuses_leaves_everything_as_it_was(
    merchant: Merchant, control: Control, action: str, status: str
) -> None:
    control.has(a_subscription(status=status))
    before = control.state("I-ALICE")
    response = merchant.act(action, "I-ALICE")
    assert response.status_code == 422
    assert response.json()["name"] == "UNPROCESSABLE_ENTITY"
    assert control.state("I-ALICE") == before


def test_a_refused_reason_changes_nothing(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    assert merchant.act("cancel", "I-ALICE", {"reason": "x" * 129}).status_code == 400
    assert merchant.status("I-ALICE") == "ACTIVE"
    assert merchant.act("cancel", "I-ALICE", {"reason": "x" * 128}).status_code == 204


def test_cancel_and_suspend_need_a_reason_and_activate_does_not(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    path = "/v1/billing/subscriptions/I-ALICE"
    assert merchant.call("POST", f"{path}/suspend").status_code == 400
    assert merchant.call("POST", f"{path}/cancel", json={}).status_code == 400
    merchant.act("suspend", "I-ALICE")
    assert merchant.call("POST", f"{path}/activate").status_code == 204


def test_broken_json_is_a_bad_request(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    json_type = {"Content-Type": "application/json"}
    path = "/v1/billing/subscriptions/I-ALICE/cancel"
    assert merchant.call("POST", path, data=b'{"reason"', headers=json_type).status_code == 400
    assert merchant.call("POST", path, data=b'["reason"]', headers=json_type).status_code == 400


def test_a_get_that_carries_a_body_is_refused(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    json_type = {"Content-Type": "application/json"}
    path = "/v1/billing/subscriptions/I-ALICE"
    assert merchant.call("GET", path, data=b"null", headers=json_type).status_code == 415
    assert merchant.call("GET", path, headers=json_type).status_code == 200


@pytest.mark.parametrize("status", ["CANCELLED", "EXPIRED"])
def test_an_ended_subscription_has_no_next_billing_time(merchant: Merchant, control: Control, status: str) -> None:
    control.has(a_subscription(total_cycles=12, cycles_completed=1))
    assert "next_billing_time" in merchant.get("I-ALICE").json()["billing_info"]
    control.change("I-ALICE", status=status)
    assert "next_billing_time" not in merchant.get("I-ALICE").json()["billing_info"]


def test_before_the_customer_approves_nothing_is_known_of_billing(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(status="APPROVAL_PENDING"))
    body = merchant.get("I-ALICE").json()
    assert "billing_info" not in body
    assert "payer_id" not in body["subscriber"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cycles_completed": 4}, {"cycles_completed": 4, "cycles_remaining": 0, "total_cycles": 0}),
        (
            {"cycles_completed": 4, "total_cycles": 10},
            {"cycles_completed": 4, "cycles_remaining": 6, "total_cycles": 10},
        ),
    ],
    ids=["endless", "finite"],
)
def test_cycles_are_counted(
    merchant: Merchant, control: Control, fields: dict[str, Any], expected: dict[str, int]
) -> None:
    control.has(a_subscription(**fields))
    (cycles,) = merchant.get("I-ALICE").json()["billing_info"]["cycle_executions"]
    assert cycles["tenure_type"] == "REGULAR"
    assert cycles["sequence"] == 1
    assert expected.items() <= cycles.items()


def test_yen_have_no_decimals(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(price="4900", currency="JPY", cycles_completed=1))
    last_payment = merchant.get("I-ALICE").json()["billing_info"]["last_payment"]
    assert last_payment["amount"] == {"currency_code": "JPY", "value": "4900"}


def test_the_plan_comes_when_asked_for(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(plan_name="Aquarelle, tous les mois", interval_unit="YEAR"))
    assert "plan" not in merchant.get("I-ALICE").json()
    plan = merchant.get("I-ALICE", fields="plan").json()["plan"]
    assert plan["name"] == "Aquarelle, tous les mois"
    assert plan["billing_cycles"][0]["frequency"] == {"interval_unit": "YEAR", "interval_count": 1}
    assert merchant.call("GET", "/v1/billing/plans/P-MONTHLY").json() == plan
    assert merchant.call("GET", "/v1/billing/plans/P-UNKNOWN").status_code == 404


def test_a_path_paypal_does_not_have_is_a_404_that_is_noted(merchant: Merchant, control: Control) -> None:
    assert merchant.call("GET", "/v1/billing/nothing").json()["name"] == "RESOURCE_NOT_FOUND"
    assert control.calls(action="unknown")[0]["path"] == "/v1/billing/nothing"


# --- the list


def ids(listed: Any) -> list[str]:
    return [one["id"] for one in listed.json()["subscriptions"]]


def test_the_list_goes_page_by_page(merchant: Merchant, control: Control) -> None:
    control.has(*(a_subscription(f"I-{n:03}") for n in range(45)))
    pages = [merchant.list(page_size="20", page=str(page)) for page in (1, 2, 3)]
    assert [len(ids(page)) for page in pages] == [20, 20, 5]
    assert [one for page in pages for one in ids(page)] == [f"I-{n:03}" for n in range(45)]
    assert pages[0].json()["total_items"] == 45
    assert pages[0].json()["total_pages"] == 3
    next_page = {link["rel"]: link["href"] for link in pages[0].json()["links"]}["next"]
    assert ids(merchant.call("GET", next_page.removeprefix(merchant.base_url))) == ids(pages[1])
    assert "next" not in {link["rel"] for link in pages[2].json()["links"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["I-OLD", "I-NEW"]),
        ({"statuses": "ACTIVE"}, ["I-NEW"]),
        ({"statuses": "ACTIVE,CANCELLED"}, ["I-OLD", "I-NEW"]),
        ({"plan_ids": "P-YEARLY"}, ["I-OLD"]),
        ({"plan_ids": "P-OTHER,P-MONTHLY"}, ["I-NEW"]),
        ({"created_after": "2025-01-01T00:00:00Z"}, ["I-NEW"]),
        ({"created_before": "2025-01-01T00:00:00Z"}, ["I-OLD"]),
        ({"status_updated_after": "2025-03-01T01:00:00+01:00"}, ["I-NEW"]),
        ({"status_updated_before": "2025-03-01T00:00:00Z"}, ["I-OLD"]),
    ],
)
def test_the_list_can_be_narrowed(
    merchant: Merchant, control: Control, query: dict[str, str], expected: list[str]
) -> None:
    control.has(
        a_subscription(
            "I-OLD",
            status="CANCELLED",
            plan_id="P-YEARLY",
            start_time="2024-05-01T00:00:00Z",
            status_update_time="2025-02-01T00:00:00Z",
        ),
        a_subscription("I-NEW", status_update_time="2025-04-01T00:00:00Z"),
    )
    assert ids(merchant.list(**query)) == expected


@pytest.mark.parametrize(
    "query", [{"page_size": "21"}, {"page_size": "0"}, {"page": "0"}, {"page": "x"}, {"statuses": "STOPPED"}]
)
def test_a_list_that_cannot_be_is_refused(merchant: Merchant, query: dict[str, str]) -> None:
    assert merchant.list(**query).json()["name"] == "INVALID_REQUEST"


# --- plans and products


def test_a_plan_keeps_its_terms_when_one_subscription_has_its_own(merchant: Merchant, control: Control) -> None:
    own = a_subscription("I-OWN", price="39.00", plan_overridden=True, start_time="2024-01-31T10:00:00Z")
    control.has(own, a_subscription("I-PLAIN"))
    price = {"currency_code": "EUR", "value": "49.00"}
    plan = merchant.call("GET", "/v1/billing/plans/P-MONTHLY").json()
    assert plan["billing_cycles"][0]["pricing_scheme"]["fixed_price"] == price
    body = merchant.get("I-OWN", fields="plan").json()
    assert body["plan_overridden"] is True
    assert body["plan"]["billing_cycles"][0]["pricing_scheme"]["fixed_price"] == price | {"value": "39.00"}


def test_two_plans_of_one_product(merchant: Merchant, control: Control) -> None:
    sold = {"product_id": "PROD-WATERCOLOUR", "product_name": "Aquarelle"}
    control.has(a_subscription("I-ONE", **sold), a_subscription("I-TWO", plan_id="P-YEARLY", **sold))
    plans = [merchant.call("GET", f"/v1/billing/plans/{plan}").json() for plan in ("P-MONTHLY", "P-YEARLY")]
    assert {plan["product_id"] for plan in plans} == {"PROD-WATERCOLOUR"}
    assert merchant.call("GET", "/v1/catalogs/products/PROD-NOTHERE").status_code == 404


@pytest.mark.parametrize(("told", "status"), [({}, "REFUNDED"), ({"partial": True}, "PARTIALLY_REFUNDED")])
def test_the_latest_payment_is_refunded(
    merchant: Merchant, control: Control, told: dict[str, bool], status: str
) -> None:
    control.has(a_subscription(cycles_completed=2))
    refunded = control.send("POST", "subscriptions/I-ALICE/refund", json=told).json()
    listed = merchant.transactions("I-ALICE").json()["transactions"]
    assert [one["status"] for one in listed] == ["COMPLETED", status]
    assert listed[1]["id"] == refunded["transaction"]


def test_nothing_paid_is_nothing_to_refund(control: Control) -> None:
    control.has(a_subscription())
    assert control.send("POST", "subscriptions/I-ALICE/refund", json={}).status_code == 404
