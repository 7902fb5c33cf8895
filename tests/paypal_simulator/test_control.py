"""What a test or the demo tells the simulator."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from kooneo.money import Money
from kooneo.paypal_simulator.store import Store, put_subscriptions
from kooneo.paypal_simulator.subscription import Payment, SubscriptionRow, from_json, to_json

from .callers import Control, Merchant, a_subscription
from .server import running_simulator


def a_row(subscription_id: str = "I-ALICE", **fields: Any) -> SubscriptionRow:
    row = SubscriptionRow(
        id=subscription_id,
        client_id="demo-client-atelier",
        plan_id="P-MONTHLY",
        price=Money(4900, "EUR"),
        start_time=datetime(2025, 1, 31, 10, tzinfo=UTC),
    )
    return replace(row, **fields)


# --- calls


def test_every_call_is_noted_in_order(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    merchant.get("I-ALICE")
    merchant.act("suspend", "I-ALICE", {"reason": "Pause"})
    merchant.get("I-NOBODY")
    merchant.transactions("I-ALICE")
    merchant.list()
    calls = control.calls()
    assert [(call["action"], call["id"], call["status"]) for call in calls] == [
        ("token", None, 200),
        ("get", "I-ALICE", 200),
        ("suspend", "I-ALICE", 204),
        ("get", "I-NOBODY", 404),
        ("transactions", "I-ALICE", 200),
        ("list", None, 200),
    ]
    assert [call["n"] for call in calls] == sorted(call["n"] for call in calls)
    assert {call["client_id"] for call in calls} == {"demo-client-atelier"}
    assert calls[2]["method"] == "POST"
    assert calls[2]["path"] == "/v1/billing/subscriptions/I-ALICE/suspend"
    assert calls[2]["body"] == {"reason": "Pause"}
    assert calls[2]["failure"] is None


def test_calls_can_be_picked_and_cleared(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(), a_subscription("I-BOB"))
    for subscription_id in ("I-ALICE", "I-BOB"):
        merchant.get(subscription_id)
        merchant.cancel(subscription_id)
    assert [call["action"] for call in control.calls(id="I-BOB")] == ["get", "cancel"]
    assert [call["id"] for call in control.calls(action="cancel")] == ["I-ALICE", "I-BOB"]
    assert len(control.calls(id="I-ALICE", action="get")) == 1
    control.send("DELETE", "calls")
    assert control.calls() == []


def test_no_secret_stands_in_the_calls(merchant: Merchant, control: Control) -> None:
    merchant.ask_for_token()
    text = control.send("GET", "calls").text
    assert "demo-secret" not in text
    assert "A21AA" not in text


# --- subscriptions


def test_a_subscription_told_is_shown(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(custom_id="kooneo-1", status="SUSPENDED", outstanding="49.00", failed_payments_count=3))
    body = merchant.get("I-ALICE").json()
    assert body["status"] == "SUSPENDED"
    assert body["custom_id"] == "kooneo-1"
    assert body["subscriber"]["email_address"] == "alice@client.test"
    assert body["subscriber"]["name"] == {"given_name": "Alice", "surname": "Martin"}
    assert body["billing_info"]["outstanding_balance"] == {"currency_code": "EUR", "value": "49.00"}
    assert body["billing_info"]["last_failed_payment"]["amount"]["value"] == "49.00"


def test_telling_the_same_subscription_again_replaces_it(merchant: Merchant, control: Control) -> None:
    told = a_subscription(cycles_completed=3)
    control.has(told)
    first = merchant.transactions("I-ALICE").json()["transactions"]
    control.has(told)
    assert merchant.transactions("I-ALICE").json()["transactions"] == first
    control.has(a_subscription(cycles_completed=1))
    assert merchant.transactions("I-ALICE").json()["transactions"] == first[:1]


def test_one_wrong_subscription_in_a_list_stops_them_all(control: Control) -> None:
    response = control.send("POST", "subscriptions", json=[a_subscription(), a_subscription("I-BOB", status="GONE")])
    assert response.status_code == 400
    assert "status" in response.json()["error"]
    assert control.send("GET", "subscriptions/I-ALICE").status_code == 404


def test_any_field_can_be_changed(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    told = {
        "price": "59.00",
        "custom_id": "other",
        "next_billing_time": "2025-06-01T00:00:00Z",
        "last_payment": {"amount": "59.00", "time": "2025-05-01T00:00:00Z"},
        "payments_fail": True,
        "cycles_completed": 7,
    }
    assert control.change("I-ALICE", **told).status_code == 200
    assert told.items() <= control.state("I-ALICE").items()
    info = merchant.get("I-ALICE").json()["billing_info"]
    assert info["next_billing_time"] == "2025-06-01T00:00:00Z"
    assert info["last_payment"]["time"] == "2025-05-01T00:00:00Z"
    assert merchant.transactions("I-ALICE").json()["transactions"][-1]["time"] == "2025-05-01T00:00:00Z"


def test_a_status_told_is_dated_now_unless_told_otherwise(control: Control) -> None:
    control.has(a_subscription(status_update_time="2025-02-01T00:00:00Z"))
    control.change("I-ALICE", custom_id="x")
    assert control.state("I-ALICE")["status_update_time"] == "2025-02-01T00:00:00Z"
    asked_at = control.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    control.change("I-ALICE", status="CANCELLED")
    assert control.state("I-ALICE")["status_update_time"] >= asked_at
    control.change("I-ALICE", status="EXPIRED", status_update_time="2025-03-01T00:00:00Z")
    assert control.state("I-ALICE")["status_update_time"] == "2025-03-01T00:00:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "STOPPED"},
        {"colour": "red"},
        {"payments_fail": "yes"},
        {"price": 49},
        {"price": "49.001"},
        {"price": "-1.00"},
        {"currency": "euro"},
        {"currency": 7},
        {"interval_unit": "CENTURY"},
        {"interval_count": 0},
        {"cycles_completed": -1},
        {"total_cycles": 2, "cycles_completed": 3},
        {"failed_payments_count": "one"},
        {"next_billing_time": "tomorrow"},
        {"start_time": None},
        {"last_payment": {"amount": "1.00"}},
        {"last_payment": "1.00"},
        {"outstanding": "1" * 20},
        {"id": "I-OTHER"},
        {"email": None},
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_and_nothing_changes(control: Control, wrong: dict[str, Any]) -> None:
    control.has(a_subscription())
    before = control.state("I-ALICE")
    response = control.change("I-ALICE", custom_id="changed", **wrong)
    assert response.status_code == 400
    assert response.json()["error"]
    assert control.state("I-ALICE") == before


def test_an_unknown_subscription_cannot_be_changed_or_shown(control: Control) -> None:
    assert control.change("I-NOBODY", status="ACTIVE").status_code == 404
    assert control.send("GET", "subscriptions/I-NOBODY").status_code == 404


def test_control_takes_json_only(control: Control) -> None:
    """A web page in the same browser can send a form or plain text to this port, but not JSON."""
    control.has(a_subscription())
    for path, method in (("subscriptions/I-ALICE", "PATCH"), ("clock", "POST"), ("failures", "POST")):
        sent = control.send(method, path, data='{"status": "CANCELLED"}', headers={"Content-Type": "text/plain"})
        assert sent.status_code == 400
    assert control.state("I-ALICE")["status"] == "ACTIVE"


# --- the clock


def test_the_clock_only_goes_forward(control: Control) -> None:
    before = control.now()
    control.days_pass(31)
    assert (control.now() - before).days == 31
    control.send("POST", "clock", json={"advance_seconds": 3600})
    assert control.send("GET", "clock").json()["offset_seconds"] == 31 * 86_400 + 3600


@pytest.mark.parametrize(
    "wrong",
    [
        {"advance_days": -1},
        {"advance_days": "1"},
        {"advance_days": None},
        {"advance_days": True},
        {"advance_days": 1e9},
        {"advance_seconds": -0.1},
        {"back": 1},
        {},
        [],
        3,
    ],
    ids=str,
)
def test_a_clock_that_makes_no_sense_is_refused(control: Control, wrong: Any) -> None:
    assert control.send("POST", "clock", json=wrong).status_code == 400
    assert control.send("POST", "clock", data='{"advance_days": NaN}', headers=_JSON).status_code == 400
    assert control.send("GET", "clock").json()["offset_seconds"] == 0


_JSON = {"Content-Type": "application/json"}


# --- the file


def test_everything_survives_a_restart(database_path: Path) -> None:
    with running_simulator(database_path) as base_url:
        control, merchant = Control(base_url), Merchant(base_url).signed_in()
        control.send("POST", "accounts", json={"client_id": "new-merchant", "client_secret": "secret"})
        control.has(a_subscription(), a_subscription("I-BOB", client_id="new-merchant"))
        control.days_pass(40)
        merchant.cancel("I-ALICE")
        control.fails("get", "500", times=2)
        merchant.get("I-ALICE")
        before = control.calls(), control.state("I-ALICE"), control.now()
    with running_simulator(database_path) as base_url:
        control = Control(base_url)
        merchant.base_url = base_url
        assert (control.calls(), control.state("I-ALICE")) == before[:2]
        assert control.now() >= before[2]
        assert merchant.get("I-ALICE").status_code == 500
        assert merchant.get("I-ALICE").json()["status"] == "CANCELLED"
        assert Merchant(base_url, "new-merchant", "secret").signed_in().get("I-BOB").ok


def test_the_file_can_be_filled_before_the_server_starts(database_path: Path) -> None:
    last = Payment(Money(4900, "EUR"), datetime(2025, 5, 2, tzinfo=UTC))
    written = put_subscriptions(database_path, [a_row(cycles_completed=5, last_payment=last), a_row("I-BOB")])
    assert written == 2
    with running_simulator(database_path) as base_url:
        merchant = Merchant(base_url).signed_in()
        assert merchant.get("I-ALICE").json()["billing_info"]["last_payment"]["time"] == "2025-05-02T00:00:00Z"
        assert len(merchant.transactions("I-ALICE").json()["transactions"]) == 5
        assert merchant.status("I-BOB") == "ACTIVE"


def test_the_file_can_be_filled_while_the_server_runs(
    database_path: Path, merchant: Merchant, control: Control
) -> None:
    control.days_pass(10)
    put_subscriptions(database_path, (a_row(f"I-{n}", email=f"c{n}@client.test") for n in range(3000)))
    assert merchant.list().json()["total_items"] == 3000
    assert control.days_pass(31)["payments"] >= 3000


def test_an_interval_of_real_time_is_billed_too(database_path: Path) -> None:
    """A demo left alone for a month: what came due meanwhile was taken, although nobody moved the clock."""
    with running_simulator(database_path) as base_url:
        control, merchant = Control(base_url), Merchant(base_url).signed_in()
        control.has(a_subscription())
        assert merchant.transactions("I-ALICE").json()["transactions"] == []
    with closing(Store(database_path)) as store, store.transaction() as db:
        db.execute("UPDATE clock SET offset_seconds = offset_seconds + 40 * 86400")  # as real time would
    with running_simulator(database_path) as base_url:
        merchant.base_url = base_url
        assert merchant.transactions("I-ALICE").json()["transactions"]


@pytest.mark.parametrize(
    "row",
    [
        a_row(),
        a_row(
            status="SUSPENDED",
            outstanding=Money(100, "EUR"),
            last_failed_payment=Payment(Money(1, "EUR"), datetime(2025, 3, 1, tzinfo=UTC)),
            retry_time=datetime(2025, 3, 6, tzinfo=UTC),
            failed_payments_count=2,
            payments_fail=True,
            custom_id="ké",
        ),
    ],
)
def test_a_row_and_its_json_say_the_same(row: SubscriptionRow) -> None:
    assert from_json(to_json(row)) == row


# --- the rest


def test_the_front_page_says_what_this_is_and_nothing_secret(paypal_url: str) -> None:
    page = requests.get(paypal_url, timeout=10)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert '<html lang="fr">' in page.text
    assert "secret" not in page.text


def test_it_says_that_it_is_well(control: Control) -> None:
    assert control.send("GET", "health").status_code == 200
