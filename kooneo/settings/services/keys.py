"""Trying, keeping and deleting a merchant's PayPal keys; the journal says who did it, and never what the secret was."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import current_app

from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.paypal import Credentials
from kooneo.settings import trial
from kooneo.settings.models import PayPalAccount, TrialResult
from kooneo.settings.services.accounts import credentials_of, locked_account, paypal_account, save_paypal_keys
from kooneo.settings.trial import Report, try_at_paypal
from kooneo.subscriptions.queries import newest_paypal_id, number_unsettled
from kooneo.subscriptions.services.take_up import take_up_now
from kooneo.thread_budget import place_to_wait

_SHOWN = 4

Follow = Callable[[uuid.UUID], None]

_follows: list[Follow] = []


def when_kept(follow: Follow) -> Follow:
    """Have `follow` called with the merchant's id in the transaction that keeps new keys."""
    _follows.append(follow)
    return follow


class NotAccepted(Exception):
    """PayPal does not take these keys, or has not said so: they were not kept."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.result)
        self.report = report


class ChangesUnsettled(Exception):
    """Changes of status are under way with the keys of another app, and would never be followed up with these."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} changes are not settled")
        self.number = number


def try_keys(merchant_id: uuid.UUID, credentials: Credentials, *, by: Actor) -> Report:
    """Ask PayPal what these keys are worth. Nothing is kept but a line in the journal."""
    report = _ask_paypal(merchant_id, credentials)
    with transaction():
        _note("tested", merchant_id, credentials, by, result=report.result)
    return report


def try_kept_keys(merchant_id: uuid.UUID, *, by: Actor) -> Report:
    """The merchant's own, which must exist. Raises kooneo.encryption.DecryptionError."""
    account = paypal_account(merchant_id)
    if account is None:
        raise LookupError("there are no keys")
    credentials = credentials_of(account)
    report = _ask_paypal(merchant_id, credentials)
    with transaction():
        account = locked_account(merchant_id)
        if account is not None and account.encrypted_secret and credentials_of(account) == credentials:
            _remember(account, report.result)
        _note("tested", merchant_id, credentials, by, result=report.result)
    return report


def keep_keys(merchant_id: uuid.UUID, credentials: Credentials, *, by: Actor, anyway: bool = False) -> Report:
    """Replace the merchant's keys, when PayPal takes the new ones.

    A new secret of the same app goes on with the changes of status that are under way. Keys of another app or environment do not:
    `anyway` says that these changes shall stop. Nothing is ever sent with keys that it was not asked for.
    Raises NotAccepted or ChangesUnsettled.
    """
    report = try_keys(merchant_id, credentials, by=by)
    if report.result != TrialResult.RIGHT:
        raise NotAccepted(report)
    with transaction():
        before = locked_account(merchant_id)
        other_app = before is not None and not before.is_of(credentials.client_id, credentials.environment)
        if other_app and not anyway and (number := number_unsettled(merchant_id)):
            raise ChangesUnsettled(number)
        replaced = before is not None and before.encrypted_secret is not None
        account = save_paypal_keys(
            merchant_id,
            client_id=credentials.client_id,
            secret=credentials.secret,
            environment=credentials.environment,
            by_name=by.name,
        )
        _remember(account, report.result)
        _note("replaced" if replaced else "saved", merchant_id, credentials, by)
        take_up_now(merchant_id)
        for follow in _follows:
            follow(merchant_id)
    return report


def delete_keys(merchant_id: uuid.UUID, *, by: Actor) -> None:
    """The secret goes, and with it what Kooneo can do at PayPal. Safe to repeat."""
    with transaction():
        account = locked_account(merchant_id)
        if account is None or account.encrypted_secret is None:
            return
        record(
            merchant_id,
            "paypal_keys.deleted",
            by=by,
            environment=account.environment,
            client_ending=account.client_id[-_SHOWN:],
            secret_ending=account.secret_ending,
        )
        account.encrypted_secret, account.secret_ending = None, ""
        account.updated_at, account.updated_by = now(), by.name
        account.tested_at = account.test_result = None
        take_up_now(merchant_id)


def _ask_paypal(merchant_id: uuid.UUID, credentials: Credentials) -> Report:
    known_id = newest_paypal_id(merchant_id)
    db.session.rollback()  # no transaction is open while PayPal is asked
    with place_to_wait() as may_wait:
        if not may_wait:
            return trial.busy(credentials.environment)
        return try_at_paypal(credentials, known_id=known_id, url=current_app.config["SETTINGS"].paypal_url)


def _remember(account: PayPalAccount, result: TrialResult) -> None:
    account.tested_at, account.test_result = now(), result


def _note(what: str, merchant_id: uuid.UUID, credentials: Credentials, by: Actor, **details: Any) -> None:
    record(
        merchant_id,
        f"paypal_keys.{what}",
        by=by,
        environment=credentials.environment,
        client_ending=credentials.client_id[-_SHOWN:],
        secret_ending=credentials.secret[-_SHOWN:],
        **details,
    )
