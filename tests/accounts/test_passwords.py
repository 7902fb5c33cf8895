import pytest

from kooneo.accounts.passwords import hash_password, needs_rehash, password_matches

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
