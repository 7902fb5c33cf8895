"""A merchant's PayPal keys. Changing them (`keys`) also concerns the changes of status that were asked for with them; what
those need of the keys stands here."""

from kooneo.settings.services.accounts import (
    automatic_payments_page,
    gateway_for,
    paypal_account,
    paypal_page,
    save_paypal_keys,
)

__all__ = ["automatic_payments_page", "gateway_for", "paypal_account", "paypal_page", "save_paypal_keys"]
