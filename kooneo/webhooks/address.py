"""Where PayPal is to send a merchant's notifications."""

from flask import current_app

PATH = "/webhooks/paypal/"


def base() -> str:
    """What stands before a merchant's token."""
    return str(current_app.config["SETTINGS"].base_url) + PATH


def can_be_registered() -> bool:
    """PayPal sends to https only; what stands in for it sends anywhere."""
    settings = current_app.config["SETTINGS"]
    return bool(settings.secure or settings.paypal_url)
