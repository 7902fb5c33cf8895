import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.accounts.passwords import hash_password, needs_rehash, password_matches, password_problem

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize(
    "password", ["twelve chars", "é" * 128, "🎨" * 64, "with\0nul inside", "x" * 128, "   spaces   "]
)
def test_no_character_is_cut_or_changed(password: str) -> None:
    kept = hash_password(password)
    assert password_matches(kept, password)
    assert not password_matches(kept, password[:-1])
    assert not password_matches(kept, password + "x")
    assert not password_matches(kept, password.swapcase() if password.swapcase() != password else password[1:])


def test_the_parameters_are_at_owasps_floor_or_above() -> None:
    kept = hash_password("twelve chars")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not needs_rehash(kept)
    assert kept != hash_password("twelve chars")


@pytest.mark.parametrize("stored", [None, "", "plain", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_nothing_matches_what_is_no_hash(stored: str | None) -> None:
    assert not password_matches(stored, "plain")
    assert not password_matches(stored, "nobody signs in with this")


@pytest.mark.parametrize(
    "password",
    [
        *("motdepasse2026!", "MotDePasse123", "P@ssw0rd2026!!", "password password", "azertyuiop123", "Azerty123456!"),
        *(
            "qwertyuiop[]",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "123456789012",
            "01/01/1980 01",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
        ),
        *("kooneo-paypal-2026", "Bonjour2026!!", "jetaimejetaime", "Été2026Été2026", "!!!!!!!!!!!!!!"),
        *("AtelierLumiere26", "lumière-atelier!", "demo@kooneo.test", "ClaireMorin1985"),
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    about = ("Atelier Lumière", "atelier-lumiere", "Claire Morin", "demo@kooneo.test")
    assert "too easy to guess" in password_problem(password, about=about)


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "trois poires sur un toit",
        "vG7#qLw2!pXz",
        "le soleil se couche à Brest",
        "é" * 3 + "🎨 pinceau rouge",
    ],
)
def test_what_nobody_would_try_is_taken(password: str) -> None:
    assert password_problem(password, about=("Atelier Lumière", "claire@atelier.test")) == ""


@pytest.mark.parametrize("password", ["short", "x" * 1025])
def test_a_length_that_is_refused_is_said(password: str) -> None:
    assert password_problem(password) == "12 to 1024 characters"


@given(st.text(min_size=12, max_size=200))
def test_any_text_has_an_answer(password: str) -> None:
    assert isinstance(password_problem(password, about=(password,)), str)
