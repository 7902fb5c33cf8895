"""How a request to PayPal can fail: one family, told apart by HTTP status and `issue`, never by PayPal's wording."""


class PayPalError(Exception):
    """Its text is safe to log and to show: no key, no token, of PayPal's body only identifiers that were checked.

    Every argument has a default, so that an error survives pickling and copying (a background job stores it).
    """

    def __init__(
        self,
        detail: str | None = None,
        *,
        http_status: int | None = None,
        name: str | None = None,
        issue: str | None = None,
        debug_id: str | None = None,
        may_have_applied: bool = False,
    ) -> None:
        super().__init__()
        self.detail = detail  # our own fixed words, for the log
        self.http_status = http_status
        self.name = name
        self.issue = issue
        self.debug_id = debug_id
        self.may_have_applied = may_have_applied  # it may have reached PayPal and been carried out: only a GET can tell

    def __str__(self) -> str:
        facts = {
            "": self.detail,
            "HTTP ": self.http_status,
            "name ": self.name,
            "issue ": self.issue,
            "debug id ": self.debug_id,
            "may have applied": "" if self.may_have_applied else None,
        }
        return ", ".join(f"{label}{fact}" for label, fact in facts.items() if fact is not None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


class CredentialsRefused(PayPalError):
    """401, also after a new token: the keys are wrong, disabled, or of the other environment."""


class PermissionMissing(PayPalError):
    """403: the keys are right, but their app may not do this."""


class NotFound(PayPalError):
    """404, or an id that cannot be one of PayPal's (then nothing was asked).

    An id that exists is not found with the keys of another environment or account.
    """


class Refused(PayPalError):
    """400, 422 and the other 4xx: understood and declined, `issue` says why. Not proof of the state: only GET is."""


class RateLimited(PayPalError):
    """429. `retry_after` is in seconds, when PayPal gave it."""

    retry_after: float | None = None


class Unreachable(PayPalError):
    """No answer worth the name: no connection, a timeout, a reset, or 5xx."""


class BadAnswer(PayPalError):
    """PayPal answered, and not in its own words: cut short, not JSON, an unknown status, no amount, no time."""
