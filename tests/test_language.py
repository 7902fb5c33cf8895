"""Source strings are typed with plain characters; what people read is typeset."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from kooneo import language
from kooneo.language import typeset
from kooneo.money import Money


@pytest.fixture
def reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("C'est l'heure", "C’est l’heure"),
        ("Pourquoi ?", "Pourquoi\u00a0?"),
        ("Fermé : suspendu", "Fermé\u00a0: suspendu"),
        ("Fini ! Ouvert ; payé", "Fini\u00a0! Ouvert\u00a0; payé"),
        ("« Aquarelle »", "«\u00a0Aquarelle\u00a0»"),
        ("49 € et 20 %", "49\u00a0€ et 20\u00a0%"),
        ("à 12:30", "à 12:30"),
    ],
)
def test_french_typography(plain: str, printed: str) -> None:
    assert typeset(plain) == printed


@given(st.text(alphabet="ab'?:;!»« €%", max_size=30))
def test_typesetting_leaves_no_ordinary_space_there_and_is_done_once(text: str) -> None:
    printed = typeset(text)
    assert "'" not in printed
    assert "« " not in printed
    assert not any(f" {sign}" in printed for sign in ":;?!»€%")
    assert typeset(printed) == printed


@pytest.mark.usefixtures("reader")
def test_what_is_filled_in_stays_as_it_was_typed() -> None:
    assert language.gettext("« %(title)s »", title="L'été : oui ?") == "«\u00a0L'été : oui ?\u00a0»"


@pytest.mark.usefixtures("reader")
def test_a_line_may_break_before_what_is_filled_in() -> None:
    assert language.gettext("Bonjour %(name)s", name="Alice") == "Bonjour Alice"


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(("number", "words"), [(0, "0 jour"), (1, "1 jour"), (2, "2 jours")])
def test_zero_is_singular_in_french(number: int, words: str) -> None:
    assert language.ngettext("%(num)s jour", "%(num)s jours", number) == words


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 1), "1er décembre 2026"),
        (date(2026, 12, 2), "2 décembre 2026"),
        (date(2026, 12, 11), "11 décembre 2026"),
        (date(2026, 12, 21), "21 décembre 2026"),
        (date(2026, 12, 31), "31 décembre 2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal(day: date, words: str) -> None:
    assert language.day(day) == words


@pytest.mark.usefixtures("reader")
def test_days_and_hours_are_the_merchants() -> None:
    evening = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)
    assert language.day(evening) == "1er août 2026"
    assert language.clock_time(evening) == "00:30"
    assert language.short_moment(evening) == "1er août 2026, 00:30"
    g.time_zone = "America/Montreal"
    assert language.day(evening) == "31 juillet 2026"
    assert language.short_moment(evening) == "31 juil. 2026, 18:30"


@pytest.mark.usefixtures("reader")
def test_amounts_use_the_narrow_space_and_the_comma() -> None:
    assert language.amount(Money(4900, "EUR")) == "49,00\u00a0€"
    assert language.amount(Money(123456789, "EUR")) == "1\u202f234\u202f567,89\u00a0€"
    assert language.amount(Money(1200, "JPY")) == "1\u202f200\u00a0JPY"
