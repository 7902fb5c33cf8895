"""Passwords: Argon2id at OWASP's floor or above (ASVS 11.4.2)."""

from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kooneo.accounts.guessable import is_guessable

SHORTEST, LONGEST = 12, 1024
"""ASVS 6.2.1 and 6.2.9; no rule of composition."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified when no such account exists, so that both answers take as long.
_NOBODY = _hasher.hash("nobody signs in with this")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Takes as long with None, for an account that does not exist."""
    try:
        return (
            _hasher.verify(_NOBODY if password_hash is None else password_hash, password) and password_hash is not None
        )
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def password_problem(password: str, *, about: Sequence[str] = ()) -> str:
    """Why nobody should choose it; empty when it will do. `about`: names and addresses of the account."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"{SHORTEST} to {LONGEST} characters"
    if is_guessable(password, about=about):
        return "too easy to guess; a few words that only you would put together are hard to guess and easy to remember"
    return ""
