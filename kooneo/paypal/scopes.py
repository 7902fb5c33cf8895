"""What an app's keys may do at PayPal, as the token's `scope` tells it."""

from enum import StrEnum


class Scope(StrEnum):
    """Those that Kooneo needs; PayPal names many more."""

    SUBSCRIPTIONS = "https://uri.paypal.com/services/subscriptions"
