"""PayPal: plain values in, plain values out. The only importer of paypalrestsdk; it knows no model."""

from kooneo.paypal.answers import (
    RemotePage,
    RemoteRefund,
    RemoteSale,
    RemoteSubscription,
    RemoteTransaction,
    RemoteWebhook,
)
from kooneo.paypal.certificates import Certificates, CertificateUnusable
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
from kooneo.paypal.events import EVENT_TYPES, RemoteEvent, read_event
from kooneo.paypal.gateway import Gateway, close_gateways, open_gateway, trial_gateway
from kooneo.paypal.notifications import Forged, Transmission
from kooneo.paypal.plans import RemotePlan, RemoteProduct
from kooneo.paypal.scopes import Scope
from kooneo.paypal.statuses import RemoteStatus, SaleState, TransactionStatus

__all__ = [
    "EVENT_TYPES",
    "BadAnswer",
    "CertificateUnusable",
    "Certificates",
    "Credentials",
    "CredentialsRefused",
    "Environment",
    "Forged",
    "Gateway",
    "NewSubscription",
    "NotFound",
    "PayPalError",
    "PermissionMissing",
    "RateLimited",
    "Refused",
    "RemoteApproval",
    "RemoteEvent",
    "RemotePage",
    "RemotePlan",
    "RemoteProduct",
    "RemoteRefund",
    "RemoteSale",
    "RemoteStatus",
    "RemoteSubscription",
    "RemoteTransaction",
    "RemoteWebhook",
    "SaleState",
    "Scope",
    "TransactionStatus",
    "Transmission",
    "Unreachable",
    "close_gateways",
    "open_gateway",
    "read_event",
    "trial_gateway",
]
