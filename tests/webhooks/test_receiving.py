"""Taking in notifications: PayPal's are kept once, and everybody else's are refused."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import Flask
from paypal.server import Answer, PayPalServer, Raw, Reset, json_answer
from support.acting import jobs_of, later
from support.builders import a_merchant
from support.webhooks import Notary, an_endpoint, an_event, events_of, open_transactions, post
from support.worker import wait_until
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.config import WEB_THREADS
from kooneo.paypal import EVENT_TYPES
from kooneo.thread_budget import place_to_wait
from kooneo.webhooks.models import EventState, WebhookEndpoint

from .conftest import CERTIFICATE

pytestmark = pytest.mark.usefixtures("kooneo")

Send = Callable[..., TestResponse]
SUBSCRIPTION = "I-BW452GLLEP1G"


@pytest.fixture
def merchant(kooneo: Flask) -> Merchant:
    assert kooneo
    return a_merchant()


@pytest.fixture
def endpoint(merchant: Merchant) -> WebhookEndpoint:
    return an_endpoint(merchant)


@pytest.fixture
def send(endpoint: WebhookEndpoint, fake_paypal: PayPalServer, notary: Notary) -> Send:
    """A notification as PayPal would send it, but for what is told to be different."""

    def send_it(body: bytes | None = None, *, arrives: bytes | None = None, **headers: str) -> TestResponse:
        body = an_event(id=SUBSCRIPTION) if body is None else body
        right = notary.headers(body, endpoint.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
        changed = right | {name.replace("_", "-"): value for name, value in headers.items()}
        return post(endpoint, body if arrives is None else arrives, {k: v for k, v in changed.items() if v})

    return send_it


def _asked_for_certificates(fake_paypal: PayPalServer) -> int:
    return sum(request.target == CERTIFICATE for request in fake_paypal.requests)


def test_what_paypal_signed_is_kept_and_answered(send: Send, merchant: Merchant) -> None:
    body = an_event(id=SUBSCRIPTION, status="CANCELLED")
    response = send(body)
    assert (response.status_code, response.data) == (200, b"")
    assert "Set-Cookie" not in response.headers
    (event,) = events_of(merchant)
    assert (event.event_id, event.event_type) == (json.loads(body)["id"], "BILLING.SUBSCRIPTION.CANCELLED")
    assert (event.paypal_id, event.state, event.about_money) == (SUBSCRIPTION, EventState.WAITING, False)
    assert len(jobs_of(event)) == 1


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_type_that_is_asked_for_is_looked_at(send: Send, merchant: Merchant, event_type: str) -> None:
    assert send(an_event(event_type, id=SUBSCRIPTION, billing_agreement_id=SUBSCRIPTION)).status_code == 200
    (event,) = events_of(merchant)
    assert (event.paypal_id, event.state) == (SUBSCRIPTION, EventState.WAITING)
    assert event.about_money == ("PAYMENT" in event_type)


@pytest.mark.parametrize("resource", [{}, {"id": 7}, {"id": "../../token"}, {"id": "I-1" * 99}, {"id": None}])
def test_of_a_type_that_is_not_known_only_the_fact_is_kept(send: Send, merchant: Merchant, resource: dict) -> None:
    assert send(an_event("CUSTOMER.DISPUTE.CREATED", **resource)).status_code == 200
    assert send(an_event("BILLING.SUBSCRIPTION.UPDATED", **resource)).status_code == 200
    other, ours = events_of(merchant)
    assert (other.state, other.paypal_id) == (EventState.IGNORED, None)
    assert (ours.state, ours.paypal_id) == (EventState.WAITING, None)


# --- forged, altered, foreign


@pytest.mark.parametrize("name", ["Transmission-Id", "Transmission-Time", "Transmission-Sig", "Cert-Url", "Auth-Algo"])
@pytest.mark.parametrize("value", ["", "ä|", "x" * 2000])
def test_without_each_header_nothing_is_taken(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer, name: str, value: str
) -> None:
    assert send(**{f"Paypal-{name}": value}).status_code == 400
    assert events_of(merchant) == []
    assert fake_paypal.requests == []


@pytest.mark.fault("F25")
def test_a_byte_that_was_changed_on_the_way_is_noticed(send: Send, merchant: Merchant) -> None:
    body = an_event(id=SUBSCRIPTION)
    for arrives in (body.replace(b"I-BW", b"I-BX"), body + b" ", b"", json.dumps(json.loads(body), indent=1).encode()):
        assert send(body, arrives=arrives).status_code == 400
    assert events_of(merchant) == []


@pytest.mark.fault("F25")
def test_who_signs_with_a_key_of_their_own_is_refused(
    endpoint: WebhookEndpoint, merchant: Merchant, fake_paypal: PayPalServer, forger: Notary
) -> None:
    body = an_event(id=SUBSCRIPTION)
    headers = forger.headers(body, endpoint.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
    assert post(endpoint, body, headers).status_code == 400
    assert events_of(merchant) == []


@pytest.mark.parametrize("signature", ["AAAA", "not base64", "=", "A" * 344])
def test_a_signature_that_is_none_is_refused(send: Send, merchant: Merchant, signature: str) -> None:
    assert send(**{"Paypal-Transmission-Sig": signature}).status_code == 400
    assert events_of(merchant) == []


@pytest.mark.fault("F27")
def test_a_genuine_one_for_another_merchant_is_refused(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer, notary: Notary
) -> None:
    """F27."""
    other = a_merchant("Voisin")
    elsewhere = an_endpoint(other)
    body = an_event(id=SUBSCRIPTION)
    headers = notary.headers(body, elsewhere.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
    assert send(body, **{name.replace("-", "_"): value for name, value in headers.items()}).status_code == 400
    assert events_of(merchant) == events_of(other) == []
    assert post(elsewhere, body, headers).status_code == 200


def test_what_is_signed_and_no_event_is_refused(send: Send, merchant: Merchant) -> None:
    for body in (b"", b"[]", b"{}", b"\xff", b'{"id": 7, "event_type": "X"}', b"[" * 100_000):
        assert send(body).status_code == 400
    assert events_of(merchant) == []


def test_an_address_that_nobody_has_is_not_there(send: Send, fake_paypal: PayPalServer) -> None:
    assert send().status_code == 200
    for token in ("nobody", "x" * 5000, "%00"):
        assert post(token, b"{}", {}).status_code == 404
    assert len(fake_paypal.requests) == 1


# --- the certificate


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/c",
        "https://paypal.com.evil.test/c",
        "https://evilpaypal.com/c",
        "https://api.paypal.com.evil.test/c",
        "https://api.paypal.com@evil.test/c",
        "https://evil.test/api.paypal.com/c",
        "https://evil.test#.paypal.com/c",
        "https://evil.test?.paypal.com/c",
        "https://evil.test\\.paypal.com/c",
        "https://api.paypal.com:8443/c",
        "https://API.paypal.com/c",
        "https://api.paypal.com./c",
        "https://api.paypal.com/c?next=//evil.test",
        "https://127.0.0.1/c",
        "file:///etc/passwd",
        "//api.paypal.com/c",
        "http://127.0.0.1:9/c",
        "http://user@127.0.0.1:PORT/c",
        "http://127.0.0.1:PORT.evil.test/c",
        "http://127.0.0.1:PORT@evil.test/c",
        "http://localhost:PORT/c",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_asked_for(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer, url: str
) -> None:
    url = url.replace("PORT", fake_paypal.url.rpartition(":")[2])
    assert send(**{"Paypal-Cert-Url": url}).status_code == 400
    assert events_of(merchant) == []
    assert fake_paypal.requests == []


def test_the_certificate_is_fetched_once(send: Send, fake_paypal: PayPalServer) -> None:
    for _ in range(3):
        assert send().status_code == 200
    assert _asked_for_certificates(fake_paypal) == 1


@pytest.mark.parametrize("days", [(-30, -1), (1, 30)])
def test_a_certificate_that_is_not_in_force_vouches_for_nothing(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer, notary: Notary, days: tuple[int, int]
) -> None:
    since, until = (now() + timedelta(days=number) for number in days)
    fake_paypal.answers(Answer(body=notary.certificate(since=since, until=until)))
    assert send().status_code == 400
    assert events_of(merchant) == []


def test_one_that_was_kept_runs_out_too(send: Send, fake_paypal: PayPalServer) -> None:
    assert send().status_code == 200
    with later(days=1000):
        assert send().status_code == 400
    assert fake_paypal.asked[-1].target.endswith("verify-webhook-signature")


_UNUSABLE = {
    "gone": Answer(404),
    "broken": Answer(500),
    "redirect": Answer(302, headers={"Location": f"http://127.0.0.1:9{CERTIFICATE}"}),
    "redirect to itself": Answer(307, headers={"Location": CERTIFICATE}),
    "page": Answer(body=b"<!doctype html>"),
    "empty": Answer(body=b""),
    "too large": Answer(body=b"-" * 100_000),
    "cut": Answer(body=b"-" * 1000, cut=500),
    "reset": Reset(),
    "noise": Raw(b"\x00\x01"),
}


@pytest.mark.parametrize("answer", _UNUSABLE.values(), ids=_UNUSABLE)
def test_without_the_certificate_paypal_itself_is_asked(
    send: Send, endpoint: WebhookEndpoint, merchant: Merchant, fake_paypal: PayPalServer, answer: Answer
) -> None:
    body = an_event(id=SUBSCRIPTION)
    fake_paypal.answers(answer, json_answer({"verification_status": "SUCCESS"}))
    assert send(body).status_code == 200
    assert len(events_of(merchant)) == 1
    question = json.loads(fake_paypal.asked[-1].body)
    assert question["webhook_id"] == endpoint.webhook_id
    assert question["webhook_event"] == json.loads(body)
    assert body in fake_paypal.asked[-1].body, "written anew it would not fit the signature"
    assert fake_paypal.asked[-1].headers["content-type"] == "application/json"


@pytest.mark.parametrize("answer", [json_answer({"verification_status": "FAILURE"}), json_answer({}, 400)])
def test_what_paypal_does_not_vouch_for_is_refused(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer, answer: Answer
) -> None:
    fake_paypal.answers(Answer(404), answer)
    assert send().status_code == 400
    assert events_of(merchant) == []


def test_nothing_hidden_in_the_body_changes_what_paypal_is_asked(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer
) -> None:
    for body in (b'{"id": "WH-1"}, "webhook_id": "MINE", "x": {}', "{}".encode("utf-16"), b'{} {"a": 1}', b"[]"):
        fake_paypal.answers(Answer(404))
        assert send(body).status_code == 400
    assert {request.target for request in fake_paypal.asked} == {CERTIFICATE}
    assert events_of(merchant) == []


@pytest.mark.fault("F29")
@pytest.mark.parametrize(
    "answers",
    [
        [Answer(503)],
        [Answer(401), Answer(401)],
        [Answer(404)],
        [Reset()],
        [json_answer({"verification_status": "PERHAPS"})],
    ],
)
def test_when_nobody_can_tell_paypal_is_to_come_again(
    send: Send, merchant: Merchant, fake_paypal: PayPalServer, answers: list[Answer]
) -> None:
    """F29."""
    body = an_event(id=SUBSCRIPTION)
    fake_paypal.answers(Answer(503), *answers)
    response = send(body)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert events_of(merchant) == []
    assert send(body).status_code == 200


def test_without_keys_and_without_a_certificate_nobody_can_tell(fake_paypal: PayPalServer, notary: Notary) -> None:
    merchant = a_merchant(keys=False)
    endpoint, body = an_endpoint(merchant), an_event(id=SUBSCRIPTION)
    headers = notary.headers(body, endpoint.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
    fake_paypal.answers(Answer(503))
    assert post(endpoint, body, headers).status_code == 503
    assert post(endpoint, body, headers).status_code == 200


def test_before_paypals_id_of_the_webhook_is_known_it_is_to_come_again(
    fake_paypal: PayPalServer, notary: Notary
) -> None:
    endpoint, body = an_endpoint(a_merchant(), webhook_id=None), an_event(id=SUBSCRIPTION)
    assert post(endpoint, body, notary.headers(body, "WH1", f"{fake_paypal.url}{CERTIFICATE}")).status_code == 503


# --- again, late, large, slow


@pytest.mark.fault("F23", "F26")
def test_one_that_comes_again_changes_nothing(send: Send, merchant: Merchant) -> None:
    """F23 and F26: signed anew, as PayPal does when it sends again, and thirty days later."""
    body = an_event(id=SUBSCRIPTION)
    assert [send(body).status_code for _ in range(25)] == [200] * 25
    before = events_of(merchant)
    with later(days=30):
        assert send(body).status_code == 200
    assert len(before) == 1
    assert events_of(merchant)[0].received_at == before[0].received_at


@pytest.mark.fault("F23")
def test_the_same_one_at_once_is_kept_once(send: Send, merchant: Merchant) -> None:
    body = an_event(id=SUBSCRIPTION)
    assert send().status_code == 200  # the certificate is there
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(send(body).status_code)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 3
    assert len(events_of(merchant)) == 2


def test_one_id_is_one_notification_a_merchant(fake_paypal: PayPalServer, notary: Notary) -> None:
    body = an_event(id=SUBSCRIPTION)
    for merchant in (a_merchant(), a_merchant()):
        endpoint = an_endpoint(merchant)
        headers = notary.headers(body, endpoint.webhook_id or "", f"{fake_paypal.url}{CERTIFICATE}")
        assert post(endpoint, body, headers).status_code == 200
        assert len(events_of(merchant)) == 1


def test_what_is_too_large_is_not_read(send: Send, merchant: Merchant, fake_paypal: PayPalServer) -> None:
    assert send(an_event(id=SUBSCRIPTION, filler="x" * 256 * 1024)).status_code == 413
    assert events_of(merchant) == []
    assert fake_paypal.requests == []
    assert send(an_event(id=SUBSCRIPTION, filler="x" * 250 * 1024)).status_code == 200


def test_a_packed_body_is_not_unpacked(send: Send) -> None:
    assert send(b"\x1f\x8b" + b"\x00" * 100, **{"Content-Encoding": "gzip"}).status_code == 400


def test_no_transaction_is_open_while_paypal_is_asked(send: Send, fake_paypal: PayPalServer) -> None:
    seen = []
    usual = fake_paypal.usual
    assert callable(usual)
    with open_transactions() as count:

        def watched(request: object) -> object:
            seen.append(count[0])
            return usual(request)  # type: ignore[arg-type]

        fake_paypal.usual = watched  # type: ignore[assignment]
        fake_paypal.answers(Answer(503))
        assert send().status_code == 400
        assert send().status_code == 200
        assert seen == [0, 0]


def test_while_too_many_wait_it_is_to_come_again(send: Send, merchant: Merchant) -> None:
    with ExitStack() as waiting:
        for _ in range(WEB_THREADS // 2):
            assert waiting.enter_context(place_to_wait())
        assert send().status_code == 503
    assert events_of(merchant) == []
    assert send().status_code == 200


def test_senders_that_dawdle_do_not_take_every_thread(kooneo: Flask, endpoint: WebhookEndpoint) -> None:
    server = make_server("127.0.0.1", 0, kooneo, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    path = f"/webhooks/paypal/{endpoint.token}"
    try:
        with ExitStack() as connections:
            for _ in range(WEB_THREADS // 2):
                slow = connections.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                slow.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{".encode())
            wait_until(lambda: post(endpoint, b"{}", {}).status_code == 503, "slow senders in every place")
            assert kooneo.test_client().get("/healthz").status_code == 200
        wait_until(lambda: post(endpoint, b"{}", {}).status_code == 400, "places that are free again")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
