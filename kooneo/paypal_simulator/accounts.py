"""PayPal's REST apps: who may ask, with which token, and for what."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

TOKEN_LIFETIME = timedelta(hours=9)

_APP_IDS = {"sandbox": "APP-80W284485P519543T", "live": "APP-0KP1463281742300K"}
ENVIRONMENTS = tuple(_APP_IDS)
ENVIRONMENT_BY_HOST = {"api-m.sandbox.paypal.com": "sandbox", "api-m.paypal.com": "live"}


@dataclass(frozen=True)
class Account:
    client_id: str
    scopes: tuple[str, ...]
    environment: str

    @property
    def app_id(self) -> str:
        return _APP_IDS[self.environment]


def put(db: sqlite3.Connection, account: Account, secret: str) -> None:
    """Add keys, or replace them; tokens already given stay good, as at PayPal."""
    db.execute(
        "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?)",
        (account.client_id, secret, " ".join(account.scopes), account.environment),
    )


def with_keys(db: sqlite3.Connection, client_id: str, secret: str) -> Account | None:
    record = db.execute("SELECT * FROM accounts WHERE client_id = ?", (client_id,)).fetchone()
    if record is None or not secrets.compare_digest(record["client_secret"].encode(), secret.encode()):
        return None
    return _account(record)


def new_token(db: sqlite3.Connection, account: Account, at: datetime) -> str:
    token = "A21AA" + secrets.token_urlsafe(48)
    db.execute("DELETE FROM tokens WHERE expires_at <= ?", (at.timestamp(),))
    db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (token, account.client_id, (at + TOKEN_LIFETIME).timestamp()))
    return token


def with_token(db: sqlite3.Connection, token: str, at: datetime) -> Account | None:
    record = db.execute(
        "SELECT accounts.* FROM tokens JOIN accounts USING (client_id) WHERE token = ? AND expires_at > ?",
        (token, at.timestamp()),
    ).fetchone()
    return _account(record) if record else None


def forget_tokens(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM tokens")


def _account(record: sqlite3.Row) -> Account:
    return Account(record["client_id"], tuple(record["scopes"].split()), record["environment"])
