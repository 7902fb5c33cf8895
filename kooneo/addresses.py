"""Which machines are this one, and what an e-mail address looks like."""

import re

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

EMAIL_LENGTH = 254
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")


def is_email(text: str) -> bool:
    """As complete as an address on the internet is: `name@example.org`."""
    return len(text) <= EMAIL_LENGTH and _EMAIL.fullmatch(text) is not None
