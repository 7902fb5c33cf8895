"""No key, token or word of PayPal's body in a log, an exception or a repr, at any log level (security R8).

paypalrestsdk prints keys and token at DEBUG in sandbox mode.
"""

import base64
import logging
import traceback
from collections.abc import Callable

import paypalrestsdk.api
import pytest

from kooneo.paypal import Gateway, PayPalError

from .builders import ID, SECRET, a_subscription, the_keys
from .server import Answer, Hang, PayPalServer, Reaction, Reset, json_answer

BASIC = base64.b64encode(f"{the_keys().client_id}:{SECRET}".encode()).decode()
TOKEN = "A21AA.token-"
FROM_THE_BODY = "Camille"
LEAKY = {
    "name": FROM_THE_BODY * 40,
    "message": f"Hello {FROM_THE_BODY}",
    "details": [{"issue": f"{FROM_THE_BODY} left"}],
}
CALLS: dict[str, Callable[[Gateway], object]] = {
    "get": lambda gateway: gateway.get_subscription(ID),
    "cancel": lambda gateway: gateway.cancel(ID, "Asked by the merchant"),
}


def holds(text: str, *secrets: str) -> bool:
    return any(secret in text for secret in (SECRET, BASIC, the_keys().client_id, TOKEN, *secrets))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name in ("", "paypalrestsdk", "paypalrestsdk.api", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "reaction",
    [
        json_answer(LEAKY, 400),
        json_answer(LEAKY, 401),
        json_answer(LEAKY, 403),
        json_answer(LEAKY, 422),
        json_answer(LEAKY, 500),
        Answer(200, f"<html>{FROM_THE_BODY}</html>".encode()),
        Answer(302, headers={"Location": f"/?name={FROM_THE_BODY}"}),
        Reset(),
        Hang(),
    ],
    ids=["400", "401", "403", "422", "500", "html", "redirect", "reset", "timeout"],
)
def test_a_failure_tells_nothing_secret(
    paypal: PayPalServer,
    hasty: Gateway,
    logged: pytest.LogCaptureFixture,
    reaction: Reaction,
    call: Callable[[Gateway], object],
) -> None:
    paypal.usual = reaction
    with pytest.raises(PayPalError) as caught:
        call(hasty)
    logging.getLogger("kooneo").error("failed", exc_info=caught.value)
    assert "failed" in logged.text
    assert not holds(logged.text, FROM_THE_BODY)
    assert not holds(f"{caught.value} {caught.value!r} {vars(caught.value)}", FROM_THE_BODY)
    assert not holds(local_variables(caught.value))


def test_a_success_logs_nothing_secret(
    paypal: PayPalServer, gateway: Gateway, logged: pytest.LogCaptureFixture
) -> None:
    gateway.get_subscription(ID)
    assert paypal.asked[0].headers["authorization"].startswith(f"Bearer {TOKEN}")
    assert logged.records, "urllib3 at least logs at DEBUG, or this test shows nothing"
    assert not holds(logged.text, FROM_THE_BODY)


def test_an_unknown_status_is_not_repeated_in_the_error(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.usual = json_answer(a_subscription(status=FROM_THE_BODY))
    with pytest.raises(PayPalError) as caught:
        gateway.get_subscription(ID)
    assert not holds("".join(traceback.format_exception(caught.value)), FROM_THE_BODY)


def local_variables(error: BaseException) -> str:
    """Of every frame of the error and of those behind it, as some log formatters print them. Ours only."""
    link: BaseException | None = error
    found = []
    while link is not None:
        frames = [frame for frame, _ in traceback.walk_tb(link.__traceback__)]
        found += [repr(frame.f_locals) for frame in frames if "/tests/" not in frame.f_code.co_filename]
        link = link.__cause__ or link.__context__
    assert found
    return "".join(found)


def test_keys_do_not_show_in_a_repr() -> None:
    assert SECRET not in f"{the_keys()} {the_keys()!r}"


def test_the_process_wide_configuration_of_the_sdk_is_never_made(gateway: Gateway) -> None:
    gateway.get_subscription(ID)
    assert paypalrestsdk.api.__api__ is None
