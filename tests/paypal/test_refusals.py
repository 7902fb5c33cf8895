"""Which error a refusal becomes: by HTTP status, with PayPal's `issue`. paypalrestsdk did not even raise on 400."""

import copy
import pickle
from datetime import timedelta
from email.utils import format_datetime

import pytest

from kooneo import clock
from kooneo.paypal import (
    BadAnswer,
    CredentialsRefused,
    Gateway,
    NotFound,
    PayPalError,
    PermissionMissing,
    RateLimited,
    Refused,
    Unreachable,
)

from .builders import ID, an_error
from .server import Answer, PayPalServer, json_answer

REASON = "Asked by the merchant"


def refused(paypal: PayPalServer, gateway: Gateway, answer: Answer) -> PayPalError:
    paypal.usual = answer
    with pytest.raises(PayPalError) as caught:
        gateway.cancel(ID, REASON)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, CredentialsRefused),
        (405, Refused),
        (408, Unreachable),
        (409, Refused),
        (415, Refused),
        (422, Refused),
        (429, RateLimited),
        (500, Unreachable),
        (502, Unreachable),
        (503, Unreachable),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>Denied</html>", b"[]", b'{"details": [null, {"issue": 3}]}'])
def test_the_status_alone_decides_the_kind(
    paypal: PayPalServer, gateway: Gateway, status: int, kind: type[PayPalError], body: bytes
) -> None:
    error = refused(paypal, gateway, Answer(status, body))
    assert (type(error), error.http_status) == (kind, status)
    assert (error.issue, error.name, error.debug_id) == (None, None, None)


@pytest.mark.parametrize(("status", "kind"), [(403, PermissionMissing), (404, NotFound)])
def test_a_403_and_a_404_count_when_paypal_says_them(
    paypal: PayPalServer, gateway: Gateway, status: int, kind: type[PayPalError]
) -> None:
    """A firewall's page says the same, and nobody's request may end on that."""
    assert type(refused(paypal, gateway, json_answer(an_error(), status))) is kind
    for body in (b"", b"<html>Access Denied</html>", b"[]", b'{"details": []}'):
        assert type(refused(paypal, gateway, Answer(status, body))) is BadAnswer


def test_the_issue_says_why(paypal: PayPalServer, gateway: Gateway) -> None:
    error = refused(paypal, gateway, json_answer(an_error(), 422))
    assert (error.name, error.issue) == ("UNPROCESSABLE_ENTITY", "SUBSCRIPTION_STATUS_INVALID")
    assert error.debug_id == "b1d1f06c7246c"


def test_a_400_raises_for_a_question_too(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.usual = json_answer(an_error("INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX"), 400)
    with pytest.raises(Refused) as caught:
        gateway.get_subscription(ID)
    assert caught.value.issue == "INVALID_PARAMETER_SYNTAX"


@pytest.mark.parametrize(
    ("status", "open_outcome"), [(400, False), (404, False), (422, False), (429, False), (500, True)]
)
def test_only_a_failing_paypal_may_have_carried_out_the_action(
    paypal: PayPalServer, gateway: Gateway, status: int, open_outcome: bool
) -> None:
    assert refused(paypal, gateway, Answer(status)).may_have_applied is open_outcome


def test_a_failing_paypal_carries_out_no_question(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.usual = Answer(500)
    with pytest.raises(Unreachable) as caught:
        gateway.get_subscription(ID)
    assert not caught.value.may_have_applied


@pytest.mark.parametrize("status", [429, 500, 503])
def test_no_action_is_repeated_by_itself(paypal: PayPalServer, gateway: Gateway, status: int) -> None:
    refused(paypal, gateway, Answer(status, headers={"Retry-After": "0"}))
    assert len(paypal.asked) == 1


def test_a_refusal_cut_short_still_refuses(paypal: PayPalServer, gateway: Gateway) -> None:
    answer = json_answer(an_error(), 422)
    error = refused(paypal, gateway, Answer(422, answer.body, cut=5))
    assert (type(error), error.issue, error.may_have_applied) == (Refused, None, False)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 0.0), ("99999999999999", 86400.0), ("-1", None), ("soon", None), ("nan", None), ("1e9", None)],
)
def test_the_delay_paypal_asks_for(paypal: PayPalServer, gateway: Gateway, header: str, seconds: float | None) -> None:
    error = refused(paypal, gateway, Answer(429, headers={"Retry-After": header}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_a_delay_given_as_a_date(paypal: PayPalServer, gateway: Gateway) -> None:
    date = format_datetime(clock.now() + timedelta(minutes=10), usegmt=True)
    error = refused(paypal, gateway, Answer(429, headers={"Retry-After": date}))
    assert isinstance(error, RateLimited)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= 600


def test_a_date_gone_by_is_no_delay(paypal: PayPalServer, gateway: Gateway) -> None:
    error = refused(paypal, gateway, Answer(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 0


def test_a_rate_limit_without_delay(paypal: PayPalServer, gateway: Gateway) -> None:
    error = refused(paypal, gateway, Answer(429))
    assert isinstance(error, RateLimited)
    assert error.retry_after is None


@pytest.mark.parametrize("debug_id", ["x" * 65, "<script>", "a b", "é"])
def test_a_debug_id_that_is_no_plain_word_is_dropped(paypal: PayPalServer, gateway: Gateway, debug_id: str) -> None:
    answer = json_answer(an_error() | {"debug_id": debug_id}, 422)
    assert refused(paypal, gateway, answer).debug_id is None


def test_the_debug_id_may_stand_in_the_header(paypal: PayPalServer, gateway: Gateway) -> None:
    assert refused(paypal, gateway, Answer(500, headers={"paypal-debug-id": "f42a1c"})).debug_id == "f42a1c"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_can_be_stored_by_a_background_job(paypal: PayPalServer, gateway: Gateway, again: object) -> None:
    error = refused(paypal, gateway, Answer(429, json_answer(an_error()).body, {"Retry-After": "7"}))
    restored = again(error)  # type: ignore[operator]
    assert (type(restored), vars(restored)) == (RateLimited, vars(error))


def test_the_text_names_facts_only(paypal: PayPalServer, gateway: Gateway) -> None:
    error = refused(paypal, gateway, json_answer(an_error(), 422))
    assert (
        str(error) == "HTTP 422, name UNPROCESSABLE_ENTITY, issue SUBSCRIPTION_STATUS_INVALID, debug id b1d1f06c7246c"
    )
    assert repr(error) == f"<Refused: {error}>"
