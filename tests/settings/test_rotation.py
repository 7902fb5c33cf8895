"""`flask secrets rotate`: every secret, one at a time, however often it is interrupted."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert, select
from support.acting import rewrite
from support.builders import a_merchant, has_keys
from support.running import ENCRYPTION_KEY, fresh, in_app, running_app
from support.worker import command, wait_until

from kooneo.accounts.models import Merchant
from kooneo.encryption import DecryptionError, Vault
from kooneo.extensions import db
from kooneo.settings.models import PayPalAccount
from kooneo.settings.services.accounts import credentials_of
from kooneo.settings.services.rotation import encrypted_columns, rotate, secrets_to_rotate

OLD, NEW = ENCRYPTION_KEY, b"n" * 32
DONE = "Every secret is encrypted with the first key"


def _rotate(app: Flask, keys: Sequence[bytes]) -> Result:
    with running_app(replace(app.config["SETTINGS"], encryption_keys=tuple(keys))) as other, other.app_context():
        return other.test_cli_runner().invoke(args=["secrets", "rotate"])


@in_app
def _stored() -> list[tuple[uuid.UUID, str]]:
    return [tuple(row) for row in db.session.execute(select(PayPalAccount.merchant_id, PayPalAccount.encrypted_secret))]


def _opened_by(key: bytes) -> int:
    count = 0
    for merchant_id, secret in _stored():
        try:
            Vault([key]).decrypt(secret, str(merchant_id))
            count += 1
        except DecryptionError:
            pass
    return count


def test_afterwards_the_new_key_opens_everything_and_the_old_one_nothing(app: Flask) -> None:
    a_merchant()
    account = has_keys(a_merchant(), "client", "secret")
    result = _rotate(app, [NEW, OLD])
    assert result.exit_code == 0
    assert DONE in result.output
    assert (_opened_by(NEW), _opened_by(OLD)) == (len(_stored()), 0)
    with running_app(replace(app.config["SETTINGS"], encryption_keys=(NEW,))):
        assert in_app(credentials_of)(fresh(account)).secret == "secret"


def test_a_second_run_has_nothing_to_do(app: Flask) -> None:
    a_merchant()
    _rotate(app, [NEW, OLD])
    before = _stored()
    assert "with the first key: 0." in _rotate(app, [NEW, OLD]).output
    assert _stored() == before


def test_an_interrupted_run_is_finished_by_the_next(app: Flask) -> None:
    for _ in range(4):
        a_merchant()
    with running_app(replace(app.config["SETTINGS"], encryption_keys=(NEW, OLD))) as other, other.app_context():
        assert list(islice(rotate(secrets_to_rotate()), 2)) == [True, True]
    assert _opened_by(NEW) == 2
    assert f"with the first key: {len(_stored()) - 2}." in _rotate(app, [NEW, OLD]).output
    assert _opened_by(NEW) == len(_stored())


@in_app
def _many_secrets(number: int) -> None:
    """Past the services, which make one at a time."""
    ids = [uuid.uuid4() for _ in range(number)]
    db.session.execute(
        insert(Merchant), [{"id": one, "name": "M", "slug": one.hex, "time_zone": "Europe/Paris"} for one in ids]
    )
    made = {"client_id": "c", "secret_ending": "cret", "environment": "sandbox", "version": 1}
    vault = Vault([OLD])
    rows = [made | {"merchant_id": one, "encrypted_secret": vault.encrypt("secret", str(one))} for one in ids]
    db.session.execute(insert(PayPalAccount), rows)
    db.session.commit()


def test_a_killed_run_leaves_every_secret_readable(app: Flask) -> None:
    _many_secrets(2000)
    settings = replace(app.config["SETTINGS"], encryption_keys=(NEW, OLD))
    with command(settings, "secrets", "rotate") as process:
        wait_until(lambda: _opened_by(NEW) > 20 or process.poll() is not None, "some secrets")
        process.kill()
        process.wait()
    done, everything = _opened_by(NEW), len(_stored())
    assert 0 < done < everything
    assert done + _opened_by(OLD) == everything
    assert _rotate(app, [NEW, OLD]).exit_code == 0
    assert (_opened_by(NEW), _opened_by(OLD)) == (everything, 0)


def test_a_secret_that_no_key_opens_is_named_and_stops_nothing(app: Flask) -> None:
    a_merchant()
    rewrite(has_keys(a_merchant(), "client", "secret"), encrypted_secret="1.aaaaaaaa.AAAA")
    result = _rotate(app, [NEW, OLD])
    assert result.exit_code == 1
    assert "none of the keys can read: 1." in result.output
    assert _opened_by(NEW) == len(_stored()) - 1


@pytest.mark.any_engine
def test_every_column_that_holds_a_secret_is_known() -> None:
    """A new one is made with columns.encrypted_column: else a rotation would leave it behind."""
    named = {str(c) for table in db.metadata.tables.values() for c in table.columns if c.name.startswith("encrypted")}
    assert named == {str(column) for column in encrypted_columns()}
    for column in encrypted_columns():
        assert {"id", "merchant_id"} <= set(column.table.columns.keys())
