"""What PayPal answers, before it is sent. The sentences are fixed values of PayPal's contract."""

from dataclasses import dataclass, field, replace
from typing import Any

_REFUSALS = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid authentication credentials.",
    ),
    403: ("NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    # The OpenAPI file knows no 429; PayPal's documentation of rate limits does.
    429: ("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred."),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable."),
}

_ISSUES = {
    "INVALID_STRING_MAX_LENGTH": "The value of a field is too long.",
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "The value of a field is invalid.",
    "MISSING_REQUIRED_PARAMETER": "A required field is missing.",
    "PERMISSION_DENIED": "You do not have permission to access or perform operations on this resource.",
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and try again.",
    "USER_ACCOUNT_CLOSED": "User account locked or closed.",
}

_STATUS_INVALID = (
    "Invalid subscription status for {action} action; subscription status should be {expected}.",
    {"cancel": "active or suspended", "suspend": "active", "activate": "suspended"},
)


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any] | str | None = None  # a str is HTML
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Raised on the way to an answer, before anything has changed."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refusal(status: int, *details: dict[str, str]) -> Answer:
    name, message = _REFUSALS[status]
    return Answer(status, {"name": name, "message": message, "details": list(details)})


def detail(issue: str, **place: str) -> dict[str, str]:
    """One entry of `details`; `place` is field, value, location."""
    description = {"description": _ISSUES[issue]} if issue in _ISSUES else {}
    return place | {"issue": issue} | description


def not_found(subscription_id: str) -> Answer:
    return refusal(404, detail("INVALID_RESOURCE_ID", field="id", value=subscription_id, location="path"))


def status_invalid(action: str) -> Answer:
    sentence, expected = _STATUS_INVALID
    issue = detail("SUBSCRIPTION_STATUS_INVALID")
    if action in expected:
        issue["description"] = sentence.format(action=action, expected=expected[action])
    return refusal(422, issue)


def invalid_client() -> Answer:
    """The token endpoint speaks OAuth, not PayPal's error format."""
    return Answer(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})


def rate_limited(seconds: float) -> Answer:
    return replace(refusal(429), headers={"Retry-After": str(round(seconds))})
