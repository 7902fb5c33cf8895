"""A merchant's keys, and where they are valid."""

from dataclasses import dataclass, field
from enum import StrEnum


class Environment(StrEnum):
    """Two PayPals that know nothing of each other, at two addresses: keys of one are unknown in the other."""

    SANDBOX = "sandbox"
    LIVE = "live"

    @property
    def other(self) -> "Environment":
        return Environment.LIVE if self == Environment.SANDBOX else Environment.SANDBOX


# The addresses built into the SDK are older. https://developer.paypal.com/api/rest/requests/#api-endpoints
ADDRESSES = {
    Environment.LIVE: "https://api-m.paypal.com",
    Environment.SANDBOX: "https://api-m.sandbox.paypal.com",
}


@dataclass(frozen=True)
class Credentials:
    client_id: str
    secret: str = field(repr=False)
    environment: Environment
