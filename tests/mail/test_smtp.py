"""Speaking to a mail server, and what its answers mean."""

import datetime
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kooneo.mail.models import MailProblem
from kooneo.mail.transports import NotDelivered
from kooneo.mail.transports.smtp import Smtp
from kooneo.mail_url import MailUrl, read_mail_url

from .server import MailServer, mail_server

pytestmark = pytest.mark.any_engine


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "no-reply@kooneo.test", "alice@client.test"
    message["Subject"] = "Votre abonnement"
    message.set_content("Bonjour.\n.\nUn point seul ne termine rien.\n")
    return message


def _deliver(server: MailServer, **changes: str) -> None:
    url = replace(read_mail_url(server.url), **changes)  # type: ignore[arg-type]
    Smtp(url, seconds=0.5).deliver(_message())


def test_a_message_arrives_whole() -> None:
    with mail_server() as server:
        _deliver(server)
    (received,) = server.received
    assert (server.recipients, received["Subject"]) == (["alice@client.test"], "Votre abonnement")
    assert received.get_content().splitlines() == ["Bonjour.", ".", "Un point seul ne termine rien."]
    assert server.heard[-1] == "QUIT"


@pytest.mark.parametrize(
    ("says", "problem", "final"),
    [
        ({"RCPT": "550 5.1.1 no such mailbox"}, MailProblem.RECIPIENT, True),
        ({"RCPT": "550 5.7.1 blocked"}, MailProblem.RECIPIENT, True),
        ({"RCPT": "554 5.7.1 <alice@client.test>: Relay access denied"}, MailProblem.SENDER, False),
        ({"RCPT": "530 5.7.0 Authentication required"}, MailProblem.SENDER, False),
        ({"RCPT": "450 greylisted"}, MailProblem.BUSY, False),
        ({"DATA": "554 no"}, MailProblem.CONTENT, True),
        ({"END": "552 too large"}, MailProblem.CONTENT, True),
        ({"END": "451 later"}, MailProblem.BUSY, False),
        ({"MAIL": "550 you may not send"}, MailProblem.SENDER, False),
        ({"MAIL": "421 shutting down"}, MailProblem.SENDER, False),
        ({"EHLO": "554 go away", "HELO": "554 go away"}, MailProblem.UNREACHABLE, False),
    ],
)
def test_what_is_said_of_the_message_may_be_final_what_is_said_of_us_is_not(
    says: dict[str, str], problem: MailProblem, final: bool
) -> None:
    with mail_server(says=says) as server, pytest.raises(NotDelivered) as refusal:
        _deliver(server)
    assert (refusal.value.problem, refusal.value.final) == (problem, final)
    assert refusal.value.code == int(next(iter(says.values()))[:3])
    assert server.received == []


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA", "END"])
def test_a_server_that_hangs_is_left(command: str) -> None:
    with mail_server(hangs_at=command) as server, pytest.raises(NotDelivered) as refusal:
        _deliver(server)
    assert (refusal.value.problem, refusal.value.final) == (MailProblem.UNREACHABLE, False)


@pytest.mark.parametrize("command", ["EHLO", "RCPT", "END"])
def test_a_server_that_hangs_up_is_asked_again_later(command: str) -> None:
    """Also after it took the message: nobody can know that it did."""
    with mail_server(hangs_up_at=command) as server, pytest.raises(NotDelivered) as refusal:
        _deliver(server)
    assert (refusal.value.problem, refusal.value.final) == (MailProblem.UNREACHABLE, False)


@pytest.mark.parametrize("told", [{"says": {"QUIT": "500 what?"}}, {"hangs_at": "QUIT"}, {"hangs_up_at": "QUIT"}])
def test_what_was_taken_is_taken_however_the_goodbye_goes(told: dict[str, str]) -> None:
    with mail_server(**told) as server:
        _deliver(server)
    assert len(server.received) == 1


def test_nobody_there() -> None:
    with mail_server() as server:
        pass
    with pytest.raises(NotDelivered) as refusal:
        _deliver(server)
    assert refusal.value.problem == MailProblem.UNREACHABLE


def test_a_password_is_used_where_there_is_one() -> None:
    with mail_server(offers=("AUTH PLAIN",)) as server:
        _deliver(server, user="kooneo", password="secret")
    assert "AUTH" in server.heard
    with mail_server(offers=("AUTH PLAIN",), says={"AUTH": "535 no"}) as server, pytest.raises(NotDelivered) as refusal:
        _deliver(server, user="kooneo", password="secret")
    assert (refusal.value.problem, refusal.value.final, refusal.value.code) == (MailProblem.CREDENTIALS, False, 535)


def test_nothing_is_said_in_the_clear_where_encryption_was_asked_for(tmp_path: Path) -> None:
    """Not offered, or with a certificate that nobody vouches for: no password, no message."""
    for told in ({}, {"offers": ("STARTTLS", "AUTH PLAIN"), "certificate": _certificate(tmp_path)}):
        with mail_server(**told) as server, pytest.raises(NotDelivered) as refusal:
            _deliver(server, encryption="starttls", user="kooneo", password="secret")
        assert (refusal.value.problem, refusal.value.final) == (MailProblem.ENCRYPTION, False)
        assert {"AUTH", "MAIL"} & set(server.heard) == set()
        assert server.received == []


def _certificate(folder: Path) -> Path:
    """Signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "certificate.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", MailUrl("smtp", "relay.example", 587, encryption="starttls")),
        ("smtp://relay.example:2525?starttls=off", MailUrl("smtp", "relay.example", 2525, encryption="none")),
        ("smtp://127.0.0.1:25", MailUrl("smtp", "127.0.0.1", 25, encryption="none")),
        ("smtp://localhost?starttls=required", MailUrl("smtp", "localhost", 587, encryption="starttls")),
        ("smtps://me:p%40ss@relay.example", MailUrl("smtps", "relay.example", 465, "me", "p@ss", "tls")),
        ("console:", MailUrl("console")),
        ("mailbox:", MailUrl("mailbox")),
    ],
)
def test_the_address_of_the_mail_server(url: str, expected: MailUrl) -> None:
    assert read_mail_url(url) == expected
