"""What can be wrong between Kooneo and PayPal about one subscription."""

from enum import StrEnum


class Problem(StrEnum):
    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    KEYS_CHANGED = "keys_changed"
    NOT_APPROVED = "not_approved"
    ACCOUNT_CLOSED = "account_closed"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad_answer"
    NOT_EFFECTIVE = "not_effective"
    """PayPal said yes, and its own record still says no."""
    CANNOT_BE_ACTIVATED = "cannot_be_activated"
    CHARGING = "charging"
    """Ended here, and in force at PayPal."""
    STARTING = "starting"
    """Approved by the customer, not yet started by PayPal."""
    KEYS_UNREADABLE = "keys_unreadable"
    """The encryption keys at hand do not open the secret."""
    INTERRUPTED = "interrupted"
    """The worker did not come to the end of its attempt."""
