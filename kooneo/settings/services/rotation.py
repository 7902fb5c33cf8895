"""Encrypting every stored secret anew with the first encryption key, so that the older keys can be thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Column, func, select, update

from kooneo.columns import ENCRYPTED
from kooneo.encryption import DecryptionError
from kooneo.extensions import db, transaction
from kooneo.settings.services.accounts import vault

log = structlog.get_logger()


@dataclass(frozen=True)
class Secret:
    """Where one secret stands."""

    column: Column[Any]
    row_id: Any


def encrypted_columns() -> list[Column[Any]]:
    """Every column that columns.encrypted_column made."""
    return [column for table in db.metadata.sorted_tables for column in table.columns if ENCRYPTED in column.info]


def number_of_secrets() -> int:
    return sum(
        db.session.execute(select(func.count()).select_from(column.table).where(column.is_not(None))).scalar_one()
        for column in encrypted_columns()
    )


def secrets_to_rotate() -> list[Secret]:
    """Those that the first key has not encrypted. A rotation that was interrupted has left fewer."""
    return [
        Secret(column, row_id)
        for column in encrypted_columns()
        for row_id in db.session.scalars(
            select(column.table.c.id).where(column.is_not(None), column.not_like(f"{vault().mark}%"))
        )
    ]


def rotate(secrets: list[Secret]) -> Iterator[bool]:
    """One small transaction each, so that it may be interrupted anywhere. False for a secret that no key at hand opens."""
    for secret in secrets:
        yield _rotate(secret)


def _rotate(secret: Secret) -> bool:
    table = secret.column.table
    with transaction():
        row = select(table.c.merchant_id, secret.column).where(table.c.id == secret.row_id).with_for_update()
        merchant_id, stored = db.session.execute(row).one()
        if stored is None:
            return True  # deleted meanwhile
        try:
            plain = vault().decrypt(stored, context=str(merchant_id))
        except DecryptionError:
            log.error("secret.unreadable", table=table.name, row=str(secret.row_id))
            return False
        renewed = vault().encrypt(plain, context=str(merchant_id))
        db.session.execute(update(table).where(table.c.id == secret.row_id).values({secret.column.name: renewed}))
    return True
