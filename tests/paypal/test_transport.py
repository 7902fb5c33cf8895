"""paypalrestsdk had no timeout, one connection per call, and followed redirects."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kooneo.paypal import BadAnswer, Gateway, Unreachable
from kooneo.paypal.transport import CONNECT_TIMEOUT, LARGEST_ANSWER, READ_TIMEOUT

from .builders import ID, a_subscription, the_keys
from .server import Answer, Drip, Hang, PayPalServer, Raw, Reaction, Reset, json_answer

REASON = "Asked by the merchant"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "server.pem"
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@pytest.fixture
def paypal_over_tls(certificate: Path) -> Iterator[PayPalServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with PayPalServer(context).running() as server:
        yield server


def failure(call: Callable[[], object]) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        call()
    return caught.value


def test_ten_requests_travel_over_one_connection(paypal: PayPalServer, gateway: Gateway) -> None:
    for _ in range(9):
        gateway.get_subscription(ID)
    assert len(paypal.requests) == 10
    assert paypal.connections == 1


def test_refusals_and_204_keep_the_connection_too(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(Answer(204), json_answer({"name": "X"}, 422), Answer(503))
    gateway.cancel(ID, REASON)
    for _ in range(2):
        with pytest.raises(Exception, match="HTTP"):
            gateway.cancel(ID, REASON)
    gateway.get_subscription(ID)
    assert paypal.connections == 1


def test_a_connection_paypal_ended_while_idle_is_replaced_unnoticed(paypal: PayPalServer, gateway: Gateway) -> None:
    gateway.get_subscription(ID)
    paypal.end_connections()
    paypal.answers(Answer(204))
    gateway.cancel(ID, REASON)
    assert len(paypal.asked) == 2


def test_the_timeouts_are_three_and_eight_seconds() -> None:
    assert (CONNECT_TIMEOUT, READ_TIMEOUT) == (3, 8)


def test_silence_after_an_action_leaves_the_outcome_open(paypal: PayPalServer, hasty: Gateway) -> None:
    paypal.answers(Hang())
    assert failure(lambda: hasty.cancel(ID, REASON)).may_have_applied
    assert len(paypal.asked) == 1
    assert not paypal.outwaited


def test_silence_after_a_question_changes_nothing(paypal: PayPalServer, hasty: Gateway) -> None:
    paypal.answers(Hang())
    assert not failure(lambda: hasty.get_subscription(ID)).may_have_applied
    assert not paypal.outwaited


def test_silence_after_the_token_request_means_the_action_was_never_sent(paypal: PayPalServer, hasty: Gateway) -> None:
    paypal.answers_token(Hang())
    assert not failure(lambda: hasty.cancel(ID, REASON)).may_have_applied
    assert paypal.asked == []
    assert not paypal.outwaited


def test_an_answer_that_drips_is_given_up(paypal: PayPalServer, hasty: Gateway) -> None:
    paypal.answers(Drip())
    with pytest.raises(BadAnswer) as caught:
        hasty.cancel(ID, REASON)
    assert caught.value.may_have_applied
    assert not paypal.outwaited


def test_an_answer_beyond_all_measure_is_given_up(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer(a_subscription(custom_id="x" * LARGEST_ANSWER)))
    with pytest.raises(BadAnswer):
        gateway.get_subscription(ID)


@pytest.mark.parametrize("verb", ["cancel", "suspend", "activate"])
def test_a_reset_after_an_action_is_not_repeated(paypal: PayPalServer, gateway: Gateway, verb: str) -> None:
    paypal.answers(Reset())
    assert failure(lambda: getattr(gateway, verb)(ID, REASON)).may_have_applied
    assert len(paypal.asked) == 1


def test_a_reset_after_a_question_changes_nothing(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(Reset())
    assert not failure(lambda: gateway.get_subscription(ID)).may_have_applied


def test_nobody_listening_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    gateway = Gateway(the_keys(), f"http://127.0.0.1:{port}")
    assert not failure(lambda: gateway.cancel(ID, REASON)).may_have_applied


def test_a_connection_refused_for_the_action_itself_means_nothing_was_sent() -> None:
    with PayPalServer().running() as paypal:
        gateway = Gateway(the_keys(), paypal.url)
        gateway.scopes()
        gateway._api._tokens.current()  # so that only the action is left to fail
    assert not failure(lambda: gateway.cancel(ID, REASON)).may_have_applied


def test_a_name_that_does_not_resolve_means_nothing_was_sent() -> None:
    gateway = Gateway(the_keys(), "http://paypal.invalid")
    assert not failure(lambda: gateway.cancel(ID, REASON)).may_have_applied


def test_an_unverified_certificate_is_refused_before_anything_is_sent(paypal_over_tls: PayPalServer) -> None:
    gateway = Gateway(the_keys(), paypal_over_tls.url)
    assert not failure(lambda: gateway.cancel(ID, REASON)).may_have_applied
    assert paypal_over_tls.connections == 1
    assert paypal_over_tls.requests == []


def test_a_certificate_authority_from_the_environment_is_not_trusted(
    paypal_over_tls: PayPalServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(certificate))
    failure(lambda: Gateway(the_keys(), paypal_over_tls.url).scopes())
    assert paypal_over_tls.requests == []


def test_a_silent_tls_handshake_ends_by_the_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = Gateway(the_keys(), f"https://127.0.0.1:{silent.getsockname()[1]}", connect_timeout=0.2)
        assert failure(lambda: gateway.cancel(ID, REASON)).detail == "could not connect"


def test_a_tls_failure_in_the_middle_of_an_answer_leaves_the_outcome_open(
    paypal_over_tls: PayPalServer, certificate: Path
) -> None:
    gateway = Gateway(the_keys(), paypal_over_tls.url)
    gateway._api._transport._session.verify = str(certificate)  # no public way: verification is not negotiable
    paypal_over_tls.answers(Raw(b"this is no TLS record at all"))
    assert failure(lambda: gateway.cancel(ID, REASON)).may_have_applied
    gateway.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(paypal: PayPalServer, gateway: Gateway, status: int) -> None:
    with PayPalServer().running() as elsewhere:
        paypal.answers(Answer(status, headers={"Location": f"{elsewhere.url}/v1/billing/subscriptions/{ID}"}))
        with pytest.raises(BadAnswer) as caught:
            gateway.cancel(ID, REASON)
        assert elsewhere.connections == 0
    assert caught.value.http_status == status
    assert caught.value.may_have_applied


def test_neither_a_netrc_nor_a_proxy_comes_between(
    paypal: PayPalServer, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    gateway.get_subscription(ID)
    assert paypal.asked[0].headers["authorization"].startswith("Bearer A21AA.")


def test_cookies_are_not_kept(paypal: PayPalServer, gateway: Gateway) -> None:
    paypal.answers(json_answer(a_subscription(), headers={"Set-Cookie": "cookie_check=yes"}))
    gateway.get_subscription(ID)
    gateway.get_subscription(ID)
    assert "cookie" not in paypal.asked[1].headers


CHUNKED = {"Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    "broken",
    [
        Answer(200, b'{"id": "I-BW452GLLEP1G", "status": "ACTIVE"}', cut=1),
        Answer(200, b'{"status": "ACT', headers={"Connection": "close"}, close=True),
        Answer(200, b"<html><body>We will be back soon</body></html>", {"Content-Type": "text/html"}),
        Answer(200, b"\xff\xfe\x00"),
        Answer(200, b"[" * 100_000),
        Answer(200, b"9" * 10_000),
        Answer(200, b'{"status": NaN}'),
        Answer(200, b'5\r\n{"a":\r\n', CHUNKED, close=True),
        Answer(200, b"zz\r\nno chunk\r\n", CHUNKED, close=True),
        Answer(200, b"\x1f\x8b\x08\x00", {"Content-Encoding": "gzip"}),
    ],
    ids=["cut", "half", "html", "no text", "deep", "huge number", "NaN", "half chunk", "no chunk", "gzip"],
)
def test_a_broken_answer_leaves_an_action_open_and_a_question_harmless(
    paypal: PayPalServer, gateway: Gateway, broken: Answer
) -> None:
    paypal.answers(broken, broken)
    with pytest.raises(BadAnswer) as after_action:
        gateway.cancel(ID, REASON)
    with pytest.raises(BadAnswer) as after_question:
        gateway.get_subscription(ID)
    assert after_action.value.may_have_applied
    assert not after_question.value.may_have_applied


@pytest.mark.parametrize(
    "noise",
    [
        Raw(b"\r\n\r\n"),
        Raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        Raw(b"HTTP/1.1 abc OK\r\n\r\n"),
        Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello"),
        Raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
        Raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000),
    ],
)
def test_noise_instead_of_http_leaves_an_action_open(paypal: PayPalServer, gateway: Gateway, noise: Reaction) -> None:
    paypal.answers(noise)
    assert failure(lambda: gateway.cancel(ID, REASON)).may_have_applied


def test_a_whole_chunked_answer_is_read(paypal: PayPalServer, gateway: Gateway) -> None:
    body = json_answer(a_subscription()).body
    paypal.answers(Answer(200, f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n", CHUNKED))
    assert gateway.get_subscription(ID).paypal_id == ID
