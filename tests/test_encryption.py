import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.encryption import DecryptionError, Vault

pytestmark = pytest.mark.any_engine

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(max_size=200), st.text(max_size=40))
def test_a_secret_comes_back_for_its_own_context(secret: str, context: str) -> None:
    vault = Vault([OLD])
    assert vault.decrypt(vault.encrypt(secret, context), context) == secret


def test_a_secret_moved_to_another_merchant_does_not_open() -> None:
    vault = Vault([OLD])
    stored = vault.encrypt("secret", "merchant one")
    with pytest.raises(DecryptionError):
        vault.decrypt(stored, "merchant two")


def test_the_same_secret_is_never_stored_the_same_way_twice() -> None:
    vault = Vault([OLD])
    assert vault.encrypt("secret", "merchant") != vault.encrypt("secret", "merchant")


def test_the_secret_does_not_stand_in_what_is_stored() -> None:
    assert "canary" not in Vault([OLD]).encrypt("canary", "merchant")


def test_keys_are_rotated_by_putting_the_new_one_first() -> None:
    stored = Vault([OLD]).encrypt("secret", "merchant")
    both = Vault([NEW, OLD])
    assert both.decrypt(stored, "merchant") == "secret"
    renewed = both.encrypt("secret", "merchant")
    assert Vault([NEW]).decrypt(renewed, "merchant") == "secret"


def test_after_the_rotation_the_old_key_opens_nothing() -> None:
    renewed = Vault([NEW, OLD]).encrypt("secret", "merchant")
    with pytest.raises(DecryptionError):
        Vault([OLD]).decrypt(renewed, "merchant")


@given(st.integers(0, 200))
def test_one_changed_byte_is_noticed(position: int) -> None:
    vault = Vault([OLD])
    stored = vault.encrypt("a secret", "merchant")
    place = position % len(stored)
    other = "A" if stored[place] != "A" else "B"
    with pytest.raises(DecryptionError):
        vault.decrypt(stored[:place] + other + stored[place + 1 :], "merchant")


@pytest.mark.parametrize("stored", ["", "1", "1..", "2.aaaaaaaa.AAAA", "a.b.c.d", "1.é.é"])
def test_what_was_never_stored_is_refused(stored: str) -> None:
    with pytest.raises(DecryptionError):
        Vault([OLD]).decrypt(stored, "merchant")


@given(st.text(max_size=60))
def test_no_text_breaks_it(stored: str) -> None:
    with pytest.raises(DecryptionError):
        Vault([OLD]).decrypt(stored, "merchant")
