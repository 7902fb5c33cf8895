"""Columns that several parts have in common."""

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column

from kooneo.money import Money
from kooneo.terms import Interval, Terms

ENCRYPTED = "encrypted"


def enum_column(kind: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A StrEnum stored by its value."""
    column = Enum(
        kind,
        native_enum=False,
        length=30,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(column, **options)


def encrypted_column(length: int = 500) -> MappedColumn[str | None]:
    """A secret as kooneo.encryption keeps it, bound to the row's `merchant_id`; none when there is no secret (any more).

    `flask secrets rotate` finds these columns by this mark."""
    return mapped_column(String(length), info={ENCRYPTED: True})


class MerchantScoped:
    """Belongs to one merchant. Each table has an index or a unique key that begins with it."""

    @declared_attr
    def merchant_id(self) -> Mapped[uuid.UUID]:
        return mapped_column(ForeignKey("merchants.id"))


class TermsColumns:
    """The terms of an offer; a subscription keeps its own copy, so that a new price never touches a running contract."""

    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    interval: Mapped[Interval] = enum_column(Interval)
    interval_count: Mapped[int] = mapped_column(default=1)
    total_cycles: Mapped[int | None]
    """Instalments in all; none = goes on."""
    commitment_cycles: Mapped[int | None]
    """The minimum agreed (période d'engagement); none = none."""

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def terms(self) -> Terms:
        return Terms(self.price, self.interval, self.interval_count, self.total_cycles, self.commitment_cycles)


def columns_of(terms: Terms) -> dict[str, Any]:
    """For a row that takes these terms over."""
    return {
        "price_minor": terms.price.minor,
        "currency": terms.price.currency,
        "interval": terms.interval,
        "interval_count": terms.interval_count,
        "total_cycles": terms.total_cycles,
        "commitment_cycles": terms.commitment_cycles,
    }
