"""What stops the start, and that it is named."""

import base64
import stat
import threading
from pathlib import Path

import pytest

from kooneo.config import ConfigurationError, Settings

pytestmark = pytest.mark.any_engine

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {
        "KOONEO_ENV": "production",
        "KOONEO_INSTANCE": str(tmp_path),
        "DATABASE_URL": "postgresql://kooneo@db/kooneo",
        "SECRET_KEY": "s" * 32,
        "KOONEO_ENCRYPTION_KEYS": KEY,
        "KOONEO_BASE_URL": "https://kooneo.example/",
        "KOONEO_MAIL_URL": "smtp://kooneo:p%40ss@relay.example",
    }


def test_production_starts_with_everything_it_needs(production: dict[str, str]) -> None:
    settings = Settings.from_environment(production)
    assert settings.base_url == "https://kooneo.example"
    assert settings.secure
    assert settings.paypal_url is None
    assert settings.database_url == "postgresql+psycopg://kooneo@db/kooneo"
    assert settings.mail_from == "no-reply@kooneo.example"
    assert settings.storage_quota == 20_000_000_000


@pytest.mark.parametrize(("mode", "url"), [("production", "smtp://localhost:25"), ("development", "console:")])
def test_where_messages_go_when_nobody_says(production: dict[str, str], mode: str, url: str) -> None:
    settings = Settings.from_environment(production | {"KOONEO_ENV": mode, "KOONEO_MAIL_URL": ""})
    assert settings.mail_url == url


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "KOONEO_ENCRYPTION_KEYS", "KOONEO_BASE_URL"])
@pytest.mark.parametrize("empty", [True, False])
def test_production_names_what_is_missing(production: dict[str, str], name: str, empty: bool) -> None:
    if empty:
        production[name] = ""
    else:
        del production[name]
    _stops(production, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KOONEO_ENV", "prod"),
        ("DATABASE_URL", "mysql://kooneo@db/kooneo"),
        ("DATABASE_URL", "kooneo.sqlite3"),
        ("DATABASE_URL", "sqlite:///kooneo.sqlite3"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://kooneo@db:port/kooneo"),
        ("SECRET_KEY", "short"),
        ("KOONEO_ENCRYPTION_KEYS", "not base64!"),
        ("KOONEO_ENCRYPTION_KEYS", base64.urlsafe_b64encode(b"k" * 31).decode()),
        ("KOONEO_ENCRYPTION_KEYS", f"{KEY},short"),
        ("KOONEO_ENCRYPTION_KEYS", " , "),
        ("KOONEO_BASE_URL", "kooneo.example"),
        ("KOONEO_BASE_URL", "ftp://kooneo.example"),
        ("KOONEO_BASE_URL", "https://kooneo.example/kooneo"),
        ("KOONEO_BASE_URL", "https://kooneo.example?x=1"),
        ("KOONEO_BASE_URL", "https://user@kooneo.example"),
        ("KOONEO_BASE_URL", "http://kooneo.example"),
        ("KOONEO_HTMX", "npm"),
        ("KOONEO_PAYPAL_URL", "http://127.0.0.1:5001"),
        ("KOONEO_MAIL_URL", "mailbox:"),
        ("KOONEO_MAIL_URL", "relay.example"),
        ("KOONEO_MAIL_URL", "smtp://"),
        ("KOONEO_MAIL_URL", "smtp://relay.example:port"),
        ("KOONEO_MAIL_URL", "smtp://relay.example?tls=no"),
        ("KOONEO_MAIL_URL", "smtp://kooneo@relay.example"),
        ("KOONEO_MAIL_URL", "smtp://kooneo:secret@relay.example?starttls=off"),
        ("KOONEO_MAIL_URL", "smtps://relay.example?starttls=required"),
        ("KOONEO_MAIL_FROM", "kooneo"),
        ("KOONEO_STORAGE_GB", "0"),
        ("KOONEO_WORKER", "un/deux"),
        ("KOONEO_WORKER", "w" * 81),
        ("KOONEO_STORAGE_GB", "20 GB"),
        ("KOONEO_STORAGE_GB", "-1"),
        ("KOONEO_MAIL_FROM", "a@kooneo.example\r\nBcc: b@kooneo.example"),
    ],
)
def test_production_names_what_is_malformed(production: dict[str, str], name: str, value: str) -> None:
    _stops(production | {name: value}, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("SIMULATOR_PORT", "x"),
        ("KOONEO_PAYPAL_URL", "127.0.0.1:5001"),
        ("KOONEO_BASE_URL", "https://kooneo.example"),
        ("KOONEO_BASE_URL", "http://[::1"),
        ("KOONEO_PAYPAL_URL", "http://[::1"),
    ],
)
def test_the_demo_names_what_is_malformed(tmp_path: Path, name: str, value: str) -> None:
    _stops({"KOONEO_ENV": "demo", "KOONEO_INSTANCE": str(tmp_path), name: value}, name)


def _stops(environ: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigurationError) as stop:
        Settings.from_environment(environ)
    assert stop.value.variable == name
    assert str(stop.value).startswith(f"{name}: ")


def test_no_secret_stands_in_the_message(production: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as stop:
        Settings.from_environment(production | {"SECRET_KEY": "canary"})
    assert "canary" not in str(stop.value)


def test_no_password_of_the_mail_server_stands_in_the_message(production: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError) as stop:
        Settings.from_environment(production | {"KOONEO_MAIL_URL": "smtp://kooneo:canary@relay.example:port"})
    assert "canary" not in str(stop.value)


def test_production_never_takes_the_secrets_that_the_demo_made(production: dict[str, str], tmp_path: Path) -> None:
    Settings.from_environment({"KOONEO_ENV": "demo", "KOONEO_INSTANCE": str(tmp_path)})
    del production["SECRET_KEY"]
    _stops(production, "SECRET_KEY")


def test_the_demo_needs_nothing_and_talks_to_the_simulator(tmp_path: Path) -> None:
    settings = Settings.from_environment({"KOONEO_INSTANCE": str(tmp_path), "PORT": "5100", "SIMULATOR_PORT": "5101"})
    assert settings.mode == "demo"
    assert settings.base_url == "http://127.0.0.1:5100"
    assert settings.paypal_url == "http://127.0.0.1:5101"
    assert settings.database_url == f"sqlite:///{tmp_path}/kooneo.sqlite3"
    assert (settings.mail_url, settings.mail_from) == ("mailbox:", "no-reply@localhost")


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    environ = {"KOONEO_INSTANCE": str(tmp_path)}
    first, second = Settings.from_environment(environ), Settings.from_environment(environ)
    assert (first.secret_key, first.encryption_keys) == (second.secret_key, second.encryption_keys)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secrets(tmp_path: Path) -> None:
    found: list[str] = []
    together = threading.Barrier(12)

    def start() -> None:
        together.wait()
        found.append(Settings.from_environment({"KOONEO_INSTANCE": str(tmp_path)}).secret_key)

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1


def test_both_names_of_postgresql_mean_the_same_driver(production: dict[str, str]) -> None:
    for name in ("postgres", "postgresql"):
        settings = Settings.from_environment(production | {"DATABASE_URL": f"{name}://kooneo@db/kooneo"})
        assert settings.database_url.startswith("postgresql+psycopg://")
