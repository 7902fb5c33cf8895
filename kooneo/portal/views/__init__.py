"""The customer's space: a module for each thing."""

from kooneo.portal.views import account, cancellation, contents, contracts, door, requests, statement, withdrawal
from kooneo.portal.views.pages import blueprint

__all__ = [
    "account",
    "blueprint",
    "cancellation",
    "contents",
    "contracts",
    "door",
    "requests",
    "statement",
    "withdrawal",
]
