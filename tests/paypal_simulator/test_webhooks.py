"""Notifications: registered, signed, delivered, and what can go wrong with them on their way."""

import base64
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from .callers import Control, Merchant, a_subscription, until
from .listener import Listener, listening
from .server import running_simulator
from .test_contract import Contract

_PATH = "/v1/notifications/webhooks"
_FILE = Path(__file__).parents[3] / "shared" / "paypal-openapi" / "notifications_webhooks_v1.json"
_CANCELLED = "BILLING.SUBSCRIPTION.CANCELLED"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def webhook(merchant: Merchant, listener: Listener, control: Control) -> dict[str, Any]:
    """For everything that becomes of I-ALICE and I-BRUNO, who pay each month from now on."""
    started = control.now().isoformat()
    control.has(*(a_subscription(name, start_time=started) for name in ("I-ALICE", "I-BRUNO")))
    response = merchant.call("POST", _PATH, json={"url": listener.url, "event_types": [{"name": "*"}]})
    assert response.status_code == 201
    return dict(response.json())


def _verification(headers: dict[str, str], body: bytes, webhook_id: str) -> bytes:
    """The question, with the event as it came."""
    names = ("auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time")
    small = {name.lower(): value for name, value in headers.items()}
    fields = {name.replace("-", "_"): small[f"paypal-{name}"] for name in names} | {"webhook_id": webhook_id}
    return json.dumps(fields).encode()[:-1] + b', "webhook_event": ' + body + b"}"


def _vouched(merchant: Merchant, question: bytes) -> str:
    path = "/v1/notifications/verify-webhook-signature"
    response = merchant.call("POST", path, data=question, headers={"Content-Type": "application/json"})
    return str(response.json()["verification_status"])


def _deliveries(control: Control) -> list[dict[str, Any]]:
    return list(control.send("GET", "webhooks").json()["deliveries"])


# --- registering


@pytest.mark.skipif(not _FILE.exists(), reason=f"PayPal's OpenAPI file is not on this machine: {_FILE}")
def test_every_answer_is_as_paypal_describes_it(
    merchant: Merchant, webhook: dict[str, Any], listener: Listener, paypal_url: str
) -> None:
    contract, one = Contract(paypal_url, _FILE), f"{_PATH}/{webhook['id']}"
    merchant.cancel("I-ALICE")
    until(lambda: listener.received)
    headers, body = listener.received[0]
    change = [{"op": "replace", "path": "/event_types", "value": [{"name": _CANCELLED}]}]
    answers = [
        merchant.call("POST", _PATH, json={"url": f"{listener.url}/2", "event_types": [{"name": _CANCELLED}]}),
        merchant.call("POST", _PATH, json={"url": listener.url, "event_types": [{"name": "*"}]}),
        merchant.call("POST", _PATH, json={"url": "no address", "event_types": [{"name": "*"}]}),
        merchant.call("POST", _PATH, json={"url": f"{listener.url}/3", "event_types": [{"name": "NO.SUCH"}]}),
        merchant.call("GET", _PATH),
        merchant.call("GET", one),
        merchant.call("GET", f"{_PATH}/NOBODYS"),
        merchant.call("PATCH", one, json=change),
        merchant.call(
            "POST",
            "/v1/notifications/verify-webhook-signature",
            data=_verification(headers, body, webhook["id"]),
            headers={"Content-Type": "application/json"},
        ),
        Merchant(paypal_url).call("GET", _PATH),
        merchant.call("DELETE", one),
    ]
    assert [answer.status_code for answer in answers] == [201, 400, 400, 400, 200, 200, 404, 200, 200, 401, 204]
    for answer in answers:
        contract.holds_for(answer)


def test_one_app_does_not_see_the_webhooks_of_another(
    merchant: Merchant, webhook: dict[str, Any], paypal_url: str
) -> None:
    other = Merchant(paypal_url, "demo-client-voisin", "demo-secret-voisin").signed_in()
    assert other.call("GET", _PATH).json() == {"webhooks": []}
    assert other.call("DELETE", f"{_PATH}/{webhook['id']}").status_code == 404
    assert [one["id"] for one in merchant.call("GET", _PATH).json()["webhooks"]] == [webhook["id"]]


def test_an_app_has_ten_addresses_at_most(merchant: Merchant, listener: Listener) -> None:
    codes = [
        merchant.call("POST", _PATH, json={"url": f"{listener.url}/{n}", "event_types": [{"name": "*"}]}).status_code
        for n in range(11)
    ]
    assert codes == [201] * 10 + [400]


# --- what is told


@pytest.mark.usefixtures("webhook")
def test_each_change_is_told(merchant: Merchant, control: Control, listener: Listener) -> None:
    merchant.act("suspend", "I-ALICE")
    merchant.act("activate", "I-ALICE")
    control.change("I-ALICE", custom_id="another")
    merchant.cancel("I-ALICE")
    control.change("I-BRUNO", status="EXPIRED")
    told = ["SUSPENDED", "ACTIVATED", "UPDATED", "CANCELLED", "EXPIRED"]
    until(lambda: len(listener.received) == len(told))
    assert listener.types == [f"BILLING.SUBSCRIPTION.{what}" for what in told]
    assert listener.event(3)["resource"]["status"] == "CANCELLED"
    assert listener.event(3)["resource"]["id"] == "I-ALICE"


@pytest.mark.usefixtures("webhook")
def test_payments_are_told(merchant: Merchant, control: Control, listener: Listener) -> None:
    control.change("I-BRUNO", payments_fail=True)
    until(lambda: listener.received)
    listener.received.clear()
    control.days_pass(31)
    until(lambda: len(listener.received) >= 2)
    by_type = {listener.event(n)["event_type"]: listener.event(n)["resource"] for n in range(2)}
    sale, failed = by_type["PAYMENT.SALE.COMPLETED"], by_type["BILLING.SUBSCRIPTION.PAYMENT.FAILED"]
    paid = merchant.transactions("I-ALICE").json()["transactions"][-1]
    assert (sale["id"], sale["billing_agreement_id"]) == (paid["id"], "I-ALICE")
    assert sale["amount"] == {"total": "49.00", "currency": "EUR"}
    assert (failed["id"], failed["billing_info"]["failed_payments_count"]) == ("I-BRUNO", 1)


def test_refunds_are_told_by_the_sale_they_give_back(
    merchant: Merchant, control: Control, listener: Listener, webhook: dict[str, Any]
) -> None:
    assert webhook
    control.days_pass(31)
    until(lambda: len(listener.received) == 2)
    listener.received.clear()
    refund = "subscriptions/I-ALICE/refund"
    assert control.send("POST", refund, json={"amount": "9.00"}).json()["status"] == "PARTIALLY_REFUNDED"
    assert control.send("POST", refund, json={"amount": "41.00"}).status_code == 400
    assert control.send("POST", refund, json={}).json()["status"] == "REFUNDED"
    assert control.send("POST", "subscriptions/I-NOBODY/refund", json={}).status_code == 404
    until(lambda: len(listener.received) == 2)
    totals = [listener.event(n)["resource"]["total_refunded_amount"]["value"] for n in range(2)]
    assert totals == ["9.00", "49.00"]
    sale = merchant.transactions("I-ALICE").json()["transactions"][-1]
    assert (sale["id"], sale["status"]) == (listener.event(0)["resource"]["sale_id"], "REFUNDED")


def test_only_what_was_asked_for_is_told(
    merchant: Merchant, control: Control, listener: Listener, webhook: dict[str, Any]
) -> None:
    change = [{"op": "replace", "path": "/event_types", "value": [{"name": _CANCELLED}]}]
    merchant.call("PATCH", f"{_PATH}/{webhook['id']}", json=change)
    merchant.act("suspend", "I-ALICE")
    merchant.cancel("I-ALICE")
    until(lambda: listener.received)
    assert [one["event_type"] for one in _deliveries(control)] == listener.types == [_CANCELLED]


# --- signatures


def test_the_signature_fits_the_certificate_that_is_served(
    merchant: Merchant, listener: Listener, webhook: dict[str, Any]
) -> None:
    merchant.cancel("I-ALICE")
    until(lambda: listener.received)
    headers, body = listener.received[0]
    sent = {name.lower(): value for name, value in headers.items()}
    pem = requests.get(sent["paypal-cert-url"], timeout=10).content
    key = load_pem_x509_certificate(pem).public_key()
    assert isinstance(key, RSAPublicKey)
    fields = (sent["paypal-transmission-id"], sent["paypal-transmission-time"], webhook["id"], str(zlib.crc32(body)))
    key.verify(base64.b64decode(sent["paypal-transmission-sig"]), "|".join(fields).encode(), PKCS1v15(), SHA256())


def test_paypal_vouches_for_what_it_sent_byte_for_byte(
    merchant: Merchant, listener: Listener, webhook: dict[str, Any], paypal_url: str
) -> None:
    merchant.cancel("I-ALICE")
    until(lambda: listener.received)
    headers, body = listener.received[0]
    assert _vouched(merchant, _verification(headers, body, webhook["id"])) == "SUCCESS"
    assert _vouched(merchant, _verification(headers, body.replace(b": ", b":"), webhook["id"])) == "FAILURE"
    assert _vouched(merchant, _verification(headers, body, "ANOTHER")) == "FAILURE"
    other = Merchant(paypal_url, "demo-client-voisin", "demo-secret-voisin").signed_in()
    assert _vouched(other, _verification(headers, body, webhook["id"])) == "FAILURE"


# --- on the way


@pytest.mark.usefixtures("webhook")
def test_what_is_not_taken_comes_again(merchant: Merchant, control: Control, listener: Listener) -> None:
    listener.answers.extend([503])
    merchant.cancel("I-ALICE")
    until(lambda: len(listener.received) == 2)
    assert listener.received[0][1] == listener.received[1][1]
    until(lambda: _deliveries(control)[0]["state"] == "delivered")
    assert _deliveries(control)[0]["attempts"] == 2


@pytest.mark.usefixtures("webhook")
def test_what_is_told_to_go_wrong_goes_wrong(merchant: Merchant, control: Control, listener: Listener) -> None:
    for fault in ({"drop": 1}, {"duplicate": 2}, {"reorder": 2}):
        assert control.send("POST", "webhooks", json=fault).status_code == 201
    for action in ("suspend", "activate", "suspend"):
        merchant.act(action, "I-ALICE")
    merchant.cancel("I-ALICE")
    until(lambda: len(listener.received) == 5)
    assert [one.rpartition(".")[2] for one in listener.types] == [*["ACTIVATED"] * 3, "CANCELLED", "SUSPENDED"]
    assert _deliveries(control)[0]["state"] == "dropped"


@pytest.mark.usefixtures("webhook")
def test_a_forged_one_does_not_fit_and_a_delayed_one_comes_behind(
    merchant: Merchant, control: Control, listener: Listener, webhook: dict[str, Any]
) -> None:
    for fault in ({"delay": 0.5}, {"forge": 1, "client_id": merchant.client_id}):
        assert control.send("POST", "webhooks", json=fault).status_code == 201
    merchant.act("suspend", "I-ALICE")
    merchant.cancel("I-ALICE")
    until(lambda: len(listener.received) == 2)
    assert [one.rpartition(".")[2] for one in listener.types] == ["CANCELLED", "SUSPENDED"]
    vouched = [_vouched(merchant, _verification(*sent, webhook["id"])) for sent in listener.received]
    assert vouched == ["FAILURE", "SUCCESS"]


@pytest.mark.parametrize(
    "fault", [{}, {"lose": 1}, {"drop": 0}, {"drop": "2"}, {"drop": 1, "forge": 1}, [], {"drop": 1, "client_id": 7}]
)
def test_a_fault_that_makes_no_sense_is_refused(control: Control, fault: Any) -> None:
    assert control.send("POST", "webhooks", json=fault).status_code == 400


def test_what_was_on_its_way_arrives_after_a_restart(tmp_path: Path, listener: Listener, database_path: Path) -> None:
    with running_simulator(database_path) as url:
        control, merchant = Control(url), Merchant(url).signed_in()
        control.has(a_subscription())
        merchant.call("POST", _PATH, json={"url": listener.url, "event_types": [{"name": "*"}]})
        control.send("POST", "webhooks", json={"delay": 1})
        merchant.cancel("I-ALICE")
    received = len(listener.received)
    with running_simulator(database_path) as url:
        Control(url).now()
        until(lambda: listener.types == [_CANCELLED])
    assert received == 0


def test_addresses_can_be_forgotten_with_what_is_on_its_way(
    merchant: Merchant, webhook: dict[str, Any], listener: Listener, control: Control
) -> None:
    control.send("POST", "webhooks", json={"delay": 600})
    merchant.cancel("I-ALICE")
    assert [one["state"] for one in _deliveries(control)] == ["waiting"]
    assert control.send("DELETE", "webhooks/addresses").status_code == 204
    merchant.cancel("I-BRUNO")
    assert merchant.call("GET", _PATH).json() == {"webhooks": []}
    assert _deliveries(control) == []
    assert listener.received == []
