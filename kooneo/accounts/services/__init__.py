"""Who signs in, and what for: a module for each thing."""

from kooneo.accounts.services.attempts import (
    ATTEMPTS_PER_ACCOUNT,
    ATTEMPTS_PER_ADDRESS,
    WINDOW,
    TooManyAttempts,
    WrongPassword,
    confirm_password,
)
from kooneo.accounts.services.merchants import (
    NewMerchant,
    NotAcceptable,
    add_member,
    create_merchant,
    disable_member,
    invite_member,
    replace_password,
)
from kooneo.accounts.services.signing_in import IDLE_LIFETIME, SESSION_LIFETIME, digest, find_session, sign_in, sign_out

__all__ = [
    "ATTEMPTS_PER_ACCOUNT",
    "ATTEMPTS_PER_ADDRESS",
    "IDLE_LIFETIME",
    "SESSION_LIFETIME",
    "WINDOW",
    "NewMerchant",
    "NotAcceptable",
    "TooManyAttempts",
    "WrongPassword",
    "add_member",
    "confirm_password",
    "create_merchant",
    "digest",
    "disable_member",
    "find_session",
    "invite_member",
    "replace_password",
    "sign_in",
    "sign_out",
]
