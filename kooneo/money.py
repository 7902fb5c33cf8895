"""Money is an integer of minor units and an ISO 4217 currency. Never a float."""

import re
from dataclasses import dataclass
from decimal import Decimal

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?")

# PayPal's currencies without decimals (ISO 4217 gives HUF and TWD two, PayPal accepts none for them).
# https://developer.paypal.com/api/rest/reference/currency-codes/
_WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})


@dataclass(frozen=True, order=True)
class Money:
    minor: int
    currency: str

    @classmethod
    def parse(cls, value: str, currency: str) -> "Money":
        """Read PayPal's decimal string. Raises ValueError for anything that is not an exact amount of `currency`."""
        if not _DECIMAL.fullmatch(value):
            raise ValueError(f"not an amount: {value!r}")
        minor = Decimal(value).scaleb(decimals(currency))
        if minor != minor.to_integral_value():
            raise ValueError(f"{value} has more decimals than {currency}")
        return cls(int(minor), currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    def __str__(self) -> str:
        """PayPal's own notation, without the currency: `49.00`."""
        return f"{self.decimal:.{decimals(self.currency)}f}"


def read_amount(text: str, currency: str) -> Money:
    """What a person typed: `1 049,50`, `49.5`, `49`. Raises ValueError."""
    plain = "".join(text.split()).replace(",", ".")
    return Money.parse(plain, currency)


def decimals(currency: str) -> int:
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"not a currency: {currency!r}")
    return 0 if currency in _WITHOUT_DECIMALS else 2
