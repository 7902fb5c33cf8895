"""PayPal: plain values in, plain values out. The only importer of paypalrestsdk; it knows no model."""

from kooneo.paypal.answers import RemotePage, RemoteRefund, RemoteSale, RemoteSubscription, RemoteTransaction
from kooneo.paypal.creating import NewSubscription, RemoteApproval
from kooneo.paypal.credentials import Credentials, Environment
from kooneo.paypal.errors import (
    BadAnswer,
    CredentialsRefused,
    NotFound,
    PayPalError,
    PermissionMissing,
    RateLimited,
    Refused,
    Unreachable,
)
from kooneo.paypal.gateway import Gateway, close_gateways, open_gateway, trial_gateway
from kooneo.paypal.plans import RemotePlan, RemoteProduct
from kooneo.paypal.scopes import Scope
from kooneo.paypal.statuses import RemoteStatus, SaleState, TransactionStatus

__all__ = [
    "BadAnswer",
    "Credentials",
    "CredentialsRefused",
    "Environment",
    "Gateway",
    "NewSubscription",
    "NotFound",
    "PayPalError",
    "PermissionMissing",
    "RateLimited",
    "Refused",
    "RemoteApproval",
    "RemotePage",
    "RemotePlan",
    "RemoteProduct",
    "RemoteRefund",
    "RemoteSale",
    "RemoteStatus",
    "RemoteSubscription",
    "RemoteTransaction",
    "SaleState",
    "Scope",
    "SubscriptionPage",
    "TransactionStatus",
    "Unreachable",
    "close_gateways",
    "open_gateway",
    "trial_gateway",
]
