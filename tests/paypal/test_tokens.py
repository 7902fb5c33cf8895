"""paypalrestsdk fetched a token per thread, and met a lasting 401 with 1,941 requests."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kooneo.paypal import BadAnswer, CredentialsRefused, Gateway, Unreachable
from kooneo.paypal.tokens import EXPIRY_MARGIN

from .builders import ID, a_subscription, the_keys
from .server import Answer, Hang, PayPalServer, a_token, json_answer

REFUSED = json_answer({"error": "invalid_client", "error_description": "Client Authentication failed"}, 401)


def lasting(seconds: float) -> Answer:
    return json_answer({"access_token": "A21AA.short", "expires_in": seconds, "scope": ""})


def test_a_lasting_401_costs_three_requests(paypal: PayPalServer, gateway: Gateway) -> None:
    gateway.get_subscription(ID)
    paypal.requests.clear()
    paypal.usual = json_answer({"name": "AUTHENTICATION_FAILURE"}, 401)
    with pytest.raises(CredentialsRefused) as caught:
        gateway.get_subscription(ID)
    assert [request.is_for_token for request in paypal.requests] == [False, True, False]
    assert (caught.value.http_status, caught.value.name) == (401, "AUTHENTICATION_FAILURE")


def test_refused_keys_are_asked_once(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers_token(REFUSED)
    with pytest.raises(CredentialsRefused) as caught:
        gateway.cancel(ID, "Asked by the merchant")
    assert len(paypal.requests) == 1
    assert (caught.value.name, caught.value.may_have_applied) == ("invalid_client", False)


def test_a_token_that_ended_early_is_replaced_and_the_request_goes_through(
    paypal: PayPalServer, gateway: Gateway
) -> None:
    paypal.answers(Answer(401), Answer(204))
    gateway.cancel(ID, "Asked by the merchant")
    first, second = paypal.asked
    assert first.headers["authorization"] != second.headers["authorization"]
    assert first.body == second.body
    assert len(paypal.asked_for_token) == 2


def test_ten_threads_fetch_one_token(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers_token(Hang(then=a_token(1)))
    with ThreadPoolExecutor(10) as threads:
        found = [threads.submit(gateway.get_subscription, ID) for _ in range(10)]
        # The fetch is held until a second one has had every chance to come.
        paypal.wait_until(lambda: len(paypal.asked_for_token) > 1, timeout=0.3)
        paypal.release()
        assert {future.result().paypal_id for future in found} == {ID}
    assert len(paypal.asked_for_token) == 1


def test_ten_threads_share_a_failed_fetch_too(paypal: PayPalServer, gateway: Gateway) -> None:
    started = threading.Barrier(10)
    paypal.usual_token = lambda _: Hang(then=REFUSED)

    def ask() -> None:
        started.wait()
        gateway.get_subscription(ID)

    with ThreadPoolExecutor(10) as threads:
        failed = [threads.submit(ask) for _ in range(10)]
        paypal.wait_until(lambda: len(paypal.asked_for_token) > 1, timeout=0.3)
        assert len(paypal.asked_for_token) == 1
        paypal.release()
        assert {type(future.exception()) for future in failed} == {CredentialsRefused}


def test_ten_threads_with_a_dead_token_fetch_one_new_one(paypal: PayPalServer, gateway: Gateway) -> None:
    gateway.get_subscription(ID)
    dead = paypal.asked[0].headers["authorization"]
    paypal.usual = lambda request: (
        Answer(401) if request.headers["authorization"] == dead else json_answer(a_subscription())
    )
    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(gateway.get_subscription, [ID] * 10))
    assert len(found) == 10
    assert len(paypal.asked_for_token) == 2


def test_a_failed_fetch_is_not_kept(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers_token(Answer(503))
    with pytest.raises(Unreachable):
        gateway.get_subscription(ID)
    assert gateway.get_subscription(ID).paypal_id == ID


def test_a_token_about_to_end_is_renewed_before_use(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers_token(lasting(EXPIRY_MARGIN - 1))
    gateway.get_subscription(ID)
    gateway.get_subscription(ID)
    assert len(paypal.asked_for_token) == 2


def test_a_token_beyond_the_margin_is_kept(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers_token(lasting(EXPIRY_MARGIN + 60))
    gateway.get_subscription(ID)
    gateway.get_subscription(ID)
    assert len(paypal.asked_for_token) == 1


def test_scopes_are_read_from_a_new_token_each_time(paypal: PayPalServer, gateway: Gateway) -> None:
    assert gateway.scopes() == {"https://uri.paypal.com/services/subscriptions", "openid"}
    paypal.answers_token(REFUSED)
    with pytest.raises(CredentialsRefused):
        gateway.scopes()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"access_token": "", "expires_in": 9},
        {"access_token": "a\r\nb", "expires_in": 9},
        {"access_token": "a", "expires_in": "soon"},
        {"access_token": "é", "expires_in": 9},
        {"access_token": "a", "expires_in": True},
        {"access_token": "a", "expires_in": -1},
        {"access_token": "a", "expires_in": 10**400},
        {"access_token": "a", "expires_in": 1e300},
        {"access_token": "a", "expires_in": 9, "scope": ["x"]},
    ],
)
def test_a_token_answer_without_a_token_is_a_bad_answer(paypal: PayPalServer, gateway: Gateway, body: object) -> None:
    paypal.answers_token(json_answer(body))
    with pytest.raises(BadAnswer) as caught:
        gateway.cancel(ID, "Asked by the merchant")
    assert not caught.value.may_have_applied
    assert paypal.asked == []


def test_an_address_without_tokens_does_not_read_as_a_missing_subscription(
    paypal: PayPalServer, gateway: Gateway
) -> None:
    paypal.answers_token(Answer(404))
    with pytest.raises(BadAnswer):
        gateway.get_subscription(ID)


def test_the_token_is_asked_for_with_the_keys_and_nothing_else(paypal: PayPalServer) -> None:
    gateway = Gateway(the_keys(secret="sécret:ü"), paypal.url)
    gateway.scopes()
    gateway.close()
    (request,) = paypal.requests
    assert (request.method, request.body) == ("POST", b"grant_type=client_credentials")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"].startswith("Basic ")
