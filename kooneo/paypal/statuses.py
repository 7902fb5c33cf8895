"""PayPal's words, as its OpenAPI file (Subscriptions 1.6) lists them. Any other is a BadAnswer."""

from enum import StrEnum


class RemoteStatus(StrEnum):
    APPROVAL_PENDING = "APPROVAL_PENDING"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class SaleState(StrEnum):
    """Of one payment of a subscription (https://developer.paypal.com/docs/api/payments/v1/#sale)."""

    COMPLETED = "completed"
    PARTIALLY_REFUNDED = "partially_refunded"
    PENDING = "pending"
    REFUNDED = "refunded"
    DENIED = "denied"


class TransactionStatus(StrEnum):
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    PENDING = "PENDING"
    REFUNDED = "REFUNDED"


class IntervalUnit(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class PlanStatus(StrEnum):
    CREATED = "CREATED"
    INACTIVE = "INACTIVE"
    ACTIVE = "ACTIVE"


class VerificationStatus(StrEnum):
    """Of a notification's signature (Webhooks Management 1.11)."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
