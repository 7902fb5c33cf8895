"""PayPal's words, as its OpenAPI file (Subscriptions 1.6) lists them. Any other is a BadAnswer."""

from enum import StrEnum


class RemoteStatus(StrEnum):
    APPROVAL_PENDING = "APPROVAL_PENDING"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class TransactionStatus(StrEnum):
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    PENDING = "PENDING"
    REFUNDED = "REFUNDED"


class VerificationStatus(StrEnum):
    """Of a notification's signature (Webhooks Management 1.11)."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
