"""The simulator fails as it is told to, and only then."""

from threading import Barrier, Thread

import pytest
import requests

from .callers import Control, Merchant, a_subscription, until

# kind, what the caller sees, what PayPal has done
ENDINGS = [
    ("timeout", "Remote end closed connection", "ACTIVE"),
    ("timeout_applied", "Remote end closed connection", "CANCELLED"),
    ("reset_before", "Connection reset", "ACTIVE"),
    ("reset_after", "Connection reset", "CANCELLED"),
    ("truncated", "IncompleteRead", "CANCELLED"),
]


@pytest.mark.parametrize(("kind", "raised", "status_after"), ENDINGS)
def test_the_connection_ends_without_a_whole_answer(
    merchant: Merchant, control: Control, kind: str, raised: str, status_after: str
) -> None:
    control.has(a_subscription())
    control.fails("cancel", kind, seconds=0)
    with pytest.raises(requests.RequestException, match=raised):
        merchant.cancel("I-ALICE")
    assert merchant.status("I-ALICE") == status_after
    (call,) = control.calls(action="cancel")
    assert call["failure"] == kind


def test_an_answer_can_be_cut_on_a_get_too(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.fails("get", "truncated")
    with pytest.raises(requests.RequestException, match="IncompleteRead"):
        merchant.get("I-ALICE")
    assert merchant.status("I-ALICE") == "ACTIVE"


@pytest.mark.parametrize(
    ("kind", "http_status", "name", "status_after"),
    [
        ("500_applied", 500, "INTERNAL_SERVER_ERROR", "CANCELLED"),
        ("500", 500, "INTERNAL_SERVER_ERROR", "ACTIVE"),
        ("503", 503, "SERVICE_UNAVAILABLE", "ACTIVE"),
        ("400", 400, "INVALID_REQUEST", "ACTIVE"),
        ("401", 401, "AUTHENTICATION_FAILURE", "ACTIVE"),
        ("403", 403, "NOT_AUTHORIZED", "ACTIVE"),
        ("404", 404, "RESOURCE_NOT_FOUND", "ACTIVE"),
        ("422", 422, "UNPROCESSABLE_ENTITY", "ACTIVE"),
        ("429", 429, "RATE_LIMIT_REACHED", "ACTIVE"),
    ],
)
def test_paypal_refuses_or_breaks(
    merchant: Merchant, control: Control, kind: str, http_status: int, name: str, status_after: str
) -> None:
    control.has(a_subscription())
    control.fails("cancel", kind)
    response = merchant.cancel("I-ALICE")
    assert response.status_code == http_status
    assert response.json()["name"] == name
    assert merchant.status("I-ALICE") == status_after
    (call,) = control.calls(action="cancel")
    assert (call["failure"], call["status"]) == (kind, http_status)


@pytest.mark.parametrize(("seconds", "retry_after"), [(None, "5"), (12, "12")])
def test_a_rate_limit_says_when_to_come_back(
    merchant: Merchant, control: Control, seconds: int | None, retry_after: str
) -> None:
    control.has(a_subscription())
    control.fails("get", "429", seconds=seconds)
    assert merchant.get("I-ALICE").headers["Retry-After"] == retry_after


def test_a_refusal_can_name_its_issue(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.fails("cancel", "422", issue="USER_ACCOUNT_CLOSED")
    control.fails("cancel", "422")
    issues = [merchant.cancel("I-ALICE").json()["details"][0]["issue"] for _ in range(2)]
    assert issues == ["USER_ACCOUNT_CLOSED", "SUBSCRIPTION_STATUS_INVALID"]


def test_a_page_of_html_instead_of_an_answer(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.fails("*", "html", times=2)
    for response in (merchant.cancel("I-ALICE"), merchant.get("I-ALICE")):
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/html")
    assert merchant.status("I-ALICE") == "ACTIVE"


def test_the_token_can_fail_too(paypal_url: str, control: Control) -> None:
    control.fails("token", "401")
    assert Merchant(paypal_url).ask_for_token().json()["error"] == "invalid_client"
    assert Merchant(paypal_url).ask_for_token().ok


def test_a_slow_answer_is_a_true_one(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.fails("cancel", "slow", seconds=0.05)
    assert merchant.cancel("I-ALICE").status_code == 204
    assert merchant.status("I-ALICE") == "CANCELLED"


def test_a_request_that_sleeps_holds_up_nobody_and_has_already_taken_effect(
    merchant: Merchant, control: Control
) -> None:
    control.has(a_subscription("I-SLOW"), a_subscription("I-OTHER"))
    control.fails("cancel", "slow", id="I-SLOW", seconds=3600)
    sleeper = merchant.cancels_in_the_background("I-SLOW")
    until(lambda: control.calls(id="I-SLOW", action="cancel"))
    assert merchant.cancel("I-OTHER").status_code == 204
    assert merchant.status("I-SLOW") == "CANCELLED"
    assert sleeper.is_alive()


# --- which calls fail, and how often


def statuses(merchant: Merchant, *ids: str) -> list[int]:
    return [merchant.get(subscription_id).status_code for subscription_id in ids]


@pytest.mark.parametrize(
    ("times", "expected"), [(1, [500, 200, 200]), (2, [500, 500, 200]), (0, [500] * 3), (-1, [500] * 3)]
)
def test_a_failure_happens_as_often_as_told(
    merchant: Merchant, control: Control, times: int, expected: list[int]
) -> None:
    control.has(a_subscription())
    control.fails("get", "500", times=times)
    assert statuses(merchant, *["I-ALICE"] * 3) == expected
    control.send("DELETE", "failures")
    assert statuses(merchant, "I-ALICE") == [200]


def test_a_failure_keeps_to_its_subscription_action_and_account(
    paypal_url: str, merchant: Merchant, control: Control
) -> None:
    voisin = Merchant(paypal_url, "demo-client-voisin", "demo-secret-voisin").signed_in()
    control.has(a_subscription(), a_subscription("I-BOB"), a_subscription("I-V", client_id="demo-client-voisin"))
    control.fails("get", "500", id="I-ALICE")
    assert statuses(merchant, "I-BOB", "I-ALICE") == [200, 500]
    control.fails("cancel", "503", times=0)
    assert statuses(merchant, "I-ALICE") == [200]
    assert merchant.cancel("I-ALICE").status_code == 503
    control.fails("*", "401", times=0, client_id="demo-client-voisin")
    assert statuses(merchant, "I-ALICE") == [200]
    assert statuses(voisin, "I-V") == [401]
    assert voisin.ask_for_token().status_code == 401


def test_failures_come_in_the_order_told(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    for kind in ("500", "429", "404"):
        control.fails("get", kind)
    assert statuses(merchant, *["I-ALICE"] * 4) == [500, 429, 404, 200]


def test_callers_at_once_never_share_a_failure(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.fails("get", "500", times=5)
    barrier, seen = Barrier(8), []

    def ask_twice() -> None:
        barrier.wait()
        seen.extend(statuses(merchant, "I-ALICE", "I-ALICE"))

    threads = [Thread(target=ask_twice) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200] * 11 + [500] * 5
    assert len(control.calls(action="get")) == 16


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explosion"},
        {"on": "everything"},
        {"times": "often"},
        {"times": -2},
        {"times": True},
        {"seconds": -1},
        {"seconds": "long"},
        {"issue": "no good"},
        {"colour": "red"},
        {"kind": None},
        {"id": 7},
        {"client_id": 7},
        {"kind": ["500"]},
    ],
    ids=str,
)
def test_a_failure_that_makes_no_sense_is_refused(control: Control, wrong: dict[str, object]) -> None:
    response = control.send("POST", "failures", json={"on": "get", "kind": "500"} | wrong)
    assert response.status_code == 400
    assert response.json()["error"]
    assert control.send("GET", "failures").json() == {"failures": []}
