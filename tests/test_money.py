import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.money import Money

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("49.00", "EUR", 4900),
        ("49", "EUR", 4900),
        ("0.1", "EUR", 10),
        ("-3.50", "EUR", -350),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("999999999999999.99", "EUR", 99999999999999999),
    ],
)
def test_paypal_amounts_are_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["", "49,00", "4 900", "1e3", "NaN", "Infinity", "49.001", "0x10", "٤٩", "+1", " 1", "1\n", "1234567890123456"],
)
def test_anything_but_an_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|decimals"):
        Money.parse(text, "EUR")


def test_a_yen_has_no_cents() -> None:
    with pytest.raises(ValueError, match="decimals"):
        Money.parse("1200.50", "JPY")


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "E1R"])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money.parse("1", currency)


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "HUF", "USD"]))
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money), currency) == money
