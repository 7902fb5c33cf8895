"""How a contract is named to the customer, in messages and on pages."""

from kooneo.subscriptions.models import Subscription


def contract_reference(subscription: Subscription) -> str:
    """PayPal's own id, which PayPal's messages carry too; for one paid outside PayPal a short one of ours."""
    return subscription.paypal_id or f"K-{subscription.id.hex[:8].upper()}"
