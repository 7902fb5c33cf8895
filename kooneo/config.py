"""What the environment says. A missing or malformed value stops the start, by name."""

import base64
import binascii
import contextlib
import json
import os
import re
import secrets
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from kooneo.addresses import LOOPBACK, is_email
from kooneo.mail_url import read_mail_url

ROOT = Path(__file__).resolve().parent.parent

# gunicorn's threads per process; the wait for PayPal takes at most half of them (thread_budget.py).
WEB_THREADS = 8


class Mode(StrEnum):
    DEMO = "demo"
    DEVELOPMENT = "development"
    TESTING = "testing"
    PRODUCTION = "production"


class ConfigurationError(RuntimeError):
    """Names the variable, says what it should hold."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable


@dataclass(frozen=True, kw_only=True)
class Settings:
    mode: Mode
    instance: Path
    database_url: str
    secret_key: str
    encryption_keys: tuple[bytes, ...]
    base_url: str
    paypal_url: str | None
    htmx: str
    worker_name: str
    mail_url: str
    mail_from: str
    """The address that messages come from; answers go to the merchant."""
    storage_quota: int
    """Bytes that the files of one merchant may take."""

    @property
    def secure(self) -> bool:
        """Whether cookies and HSTS may count on https."""
        return self.base_url.startswith("https:")

    @property
    def mail_domain(self) -> str:
        """What stands behind the @ of a message's identifier."""
        return self.mail_from.rpartition("@")[2]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check every variable. Raises ConfigurationError.

        Outside production a missing secret is made once and kept in the instance folder.
        """
        mode = _one_of(environ, "KOONEO_ENV", [mode.value for mode in Mode], default=Mode.DEMO)
        instance = Path(environ.get("KOONEO_INSTANCE") or ROOT / "instance").resolve()
        kept = {} if mode == Mode.PRODUCTION else _kept_secrets(instance)
        base_url = _base_url(environ, Mode(mode))
        return cls(
            mode=Mode(mode),
            instance=instance,
            database_url=_database_url(environ, Mode(mode), instance),
            secret_key=_secret_key(environ.get("SECRET_KEY") or kept.get("SECRET_KEY", "")),
            encryption_keys=_encryption_keys(
                environ.get("KOONEO_ENCRYPTION_KEYS") or kept.get("KOONEO_ENCRYPTION_KEYS", "")
            ),
            base_url=base_url,
            paypal_url=_paypal_url(environ, Mode(mode)),
            htmx=_one_of(environ, "KOONEO_HTMX", ["cdn", "local"], default="cdn"),
            # Of this machine: two workers under one name would take each other's work.
            worker_name=_worker_name(environ),
            mail_url=_mail_url(environ, Mode(mode)),
            mail_from=_mail_from(environ, base_url),
            storage_quota=_storage_quota(environ),
        )


def _worker_name(environ: Mapping[str, str]) -> str:
    name = environ.get("KOONEO_WORKER")
    if name and not re.fullmatch(r"[A-Za-z0-9@._-]{1,80}", name):
        raise ConfigurationError("KOONEO_WORKER", "expected at most 80 letters, digits, or any of @ . _ -")
    return name or f"worker@{socket.gethostname()}"


def _one_of(environ: Mapping[str, str], name: str, allowed: list[str], default: str) -> str:
    value = environ.get(name) or default
    if value not in allowed:
        raise ConfigurationError(name, f"expected one of {', '.join(allowed)}")
    return value


def _base_url(environ: Mapping[str, str], mode: Mode) -> str:
    value = environ.get("KOONEO_BASE_URL") or ""
    if not value and mode != Mode.PRODUCTION:
        value = f"http://127.0.0.1:{port(environ, 'PORT', 5000)}"
    scheme, host = _scheme_and_host(value)
    if scheme not in ("http", "https") or not host:
        raise ConfigurationError("KOONEO_BASE_URL", "expected the address people type, like https://kooneo.example")
    if not re.fullmatch(r"[^/]*//[^/?#@]+/?", value):
        raise ConfigurationError("KOONEO_BASE_URL", "expected no path: Kooneo has a host name of its own")
    if mode == Mode.PRODUCTION and scheme != "https":
        raise ConfigurationError("KOONEO_BASE_URL", "production needs https")
    if mode == Mode.DEMO and host not in LOOPBACK:
        raise ConfigurationError("KOONEO_BASE_URL", "the demo answers on this machine only; set KOONEO_ENV=production")
    return value.rstrip("/")


def _scheme_and_host(address: str) -> tuple[str, str]:
    """Empty where it is no address."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or ""
    except ValueError:
        return "", ""


def _database_url(environ: Mapping[str, str], mode: Mode, instance: Path) -> str:
    value = environ.get("DATABASE_URL") or ""
    if not value and mode == Mode.PRODUCTION:
        raise ConfigurationError("DATABASE_URL", "expected sqlite:////path/kooneo.sqlite3 or postgresql://…")
    value = value or f"sqlite:///{instance / 'kooneo.sqlite3'}"
    for prefix in ("postgresql://", "postgres://"):
        if value.startswith(prefix):
            value = "postgresql+psycopg://" + value.removeprefix(prefix)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")) or not _readable(value):
        raise ConfigurationError("DATABASE_URL", "expected sqlite:////folder/kooneo.sqlite3 or postgresql://…")
    if value.startswith("sqlite:") and not Path(make_url(value).database or "").is_absolute():
        # From where? The folder of the process is not the same for everybody who opens it.
        raise ConfigurationError("DATABASE_URL", "expected the whole path: sqlite:////folder/kooneo.sqlite3")
    return value


def _readable(database_url: str) -> bool:
    try:
        make_url(database_url)
    except (ArgumentError, ValueError):
        return False
    return True


def _secret_key(value: str) -> str:
    if len(value) < 32:
        raise ConfigurationError("SECRET_KEY", "expected at least 32 random characters")
    return value


def _encryption_keys(value: str) -> tuple[bytes, ...]:
    keys = tuple(_encryption_key(key) for key in value.split(",") if key.strip())
    if not keys:
        raise ConfigurationError("KOONEO_ENCRYPTION_KEYS", "expected at least one key; the first encrypts")
    return keys


def _encryption_key(value: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(value.strip().encode())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise ConfigurationError("KOONEO_ENCRYPTION_KEYS", "each key is 32 random bytes in URL-safe base64")
    return key


def _paypal_url(environ: Mapping[str, str], mode: Mode) -> str | None:
    value = environ.get("KOONEO_PAYPAL_URL") or ""
    if not value:
        # The demo's merchants live at the simulator; it never asks PayPal itself.
        return f"http://127.0.0.1:{port(environ, 'SIMULATOR_PORT', 5001)}" if mode == Mode.DEMO else None
    if mode == Mode.PRODUCTION:
        raise ConfigurationError("KOONEO_PAYPAL_URL", "production talks to PayPal only; unset it")
    scheme, host = _scheme_and_host(value)
    if scheme not in ("http", "https") or not host:
        raise ConfigurationError("KOONEO_PAYPAL_URL", "expected an http address")
    return value.rstrip("/")


def _mail_url(environ: Mapping[str, str], mode: Mode) -> str:
    # In production the mail server of this machine, which is where they usually are: messages wait when there is none.
    usual = {Mode.PRODUCTION: "smtp://localhost:25", Mode.DEVELOPMENT: "console:"}
    value = environ.get("KOONEO_MAIL_URL") or usual.get(mode, "mailbox:")
    try:
        scheme = read_mail_url(value).scheme
    except ValueError as error:
        raise ConfigurationError("KOONEO_MAIL_URL", str(error)) from error
    if mode == Mode.PRODUCTION and scheme == "mailbox":
        raise ConfigurationError(
            "KOONEO_MAIL_URL", "the mailbox is the demo's; production sends by smtp:// or smtps://"
        )
    return value


def _mail_from(environ: Mapping[str, str], base_url: str) -> str:
    value = environ.get("KOONEO_MAIL_FROM") or ""
    if value and not (is_email(value) and value.isascii()):
        raise ConfigurationError("KOONEO_MAIL_FROM", "expected an address, like no-reply@kooneo.example")
    host = _scheme_and_host(base_url)[1]
    return value or f"no-reply@{'localhost' if host in LOOPBACK else host}"


def _storage_quota(environ: Mapping[str, str]) -> int:
    value = environ.get("KOONEO_STORAGE_GB") or "20"
    if not (value.isascii() and value.isdecimal() and 0 < int(value) <= 1_000_000):
        raise ConfigurationError("KOONEO_STORAGE_GB", "expected whole gigabytes for each merchant's files, like 20")
    return int(value) * 1_000_000_000


def port(environ: Mapping[str, str], name: str, default: int) -> int:
    """A TCP port from the environment. Raises ConfigurationError."""
    value = environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ConfigurationError(name, "expected a port number")
    return int(value)


def _kept_secrets(instance: Path) -> dict[str, str]:
    path = instance / "secrets.json"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "KOONEO_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        # Of the processes that start together the first one decides, and nobody sees a file that is still being written.
        descriptor, draft = tempfile.mkstemp(dir=instance)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
