"""Messages that are to leave, and what became of each."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped, enum_column
from kooneo.extensions import Base, UTCDateTime
from kooneo.leases import LeaseColumns

SUBJECT_LENGTH = 250


class MailKind(StrEnum):
    """Each has two templates of its name in templates/mail: text and HTML."""

    ALREADY_SUBSCRIBED = "already_subscribed"
    """To whose address an order came for what they pay for already."""
    CODE = "code"
    """Opens a customer's space: what it said is forgotten as soon as it has left."""
    DECLARATION_LINK = "declaration_link"
    """To the address on file: with its link, what was declared without an account counts."""
    ENDED_CUSTOMER = "ended_customer"
    """To the customer: the subscription has ended."""
    ENDED_MERCHANT = "ended_merchant"
    """To the owner: a subscription has ended, and nobody of theirs had asked for it here."""
    ORDER_CONFIRMED = "order_confirmed"
    """To who subscribed: the contract and its terms, once it is made."""
    PAYMENT_NOTICE = "payment_notice"
    """To a customer: a payment failed, or what came of that. Only under its condition (kooneo.mail.conditions)."""
    PROPOSAL = "proposal"
    """To a former customer: taking up again. Only under its condition (kooneo.mail.conditions)."""
    RENEWAL_NOTICE = "renewal_notice"
    """Before a tacit renewal, in the time that the law gives. Only under its condition too."""
    TERMINATION_RECEIVED = "termination_received"
    WITHDRAWAL_RECEIVED = "withdrawal_received"
    """To who declared it: the acknowledgement."""


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    """A mail server took it, or the mailbox did."""
    FAILED = "failed"
    DROPPED = "dropped"
    """Its reason has gone before it left: it never will."""


class MailProblem(StrEnum):
    """Why a message is not sent yet, or will not be."""

    ADDRESS = "address"
    """No server could take it: it is not an address."""
    RECIPIENT = "recipient"
    CONTENT = "content"
    TOO_LATE = "too_late"
    """It would have been of no use any more."""
    BUSY = "busy"
    """The server asks to come again later."""
    SENDER = "sender"
    CREDENTIALS = "credentials"
    ENCRYPTION = "encryption"
    UNREACHABLE = "unreachable"
    INTERRUPTED = "interrupted"
    """The worker did not come to the end of its attempts."""
    UNWANTED = "unwanted"
    """Its reason has gone (kooneo.mail.conditions)."""


class OutboxMessage(MerchantScoped, LeaseColumns, Base):
    """Written in the transaction that causes it, as it will be read: what is changed later does not show in it."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        UniqueConstraint("merchant_id", "cause_id", "kind", "recipient"),
        Index("ix_outbox_messages_customer_id", "customer_id"),
        Index(
            "ix_outbox_messages_waiting",
            "next_attempt_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_messages_undelivered",
            "merchant_id",
            "written_at",
            sqlite_where=text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
        Index(
            "ix_outbox_messages_readable",
            "written_at",
            sqlite_where=text("text IS NOT NULL"),
            postgresql_where=text("text IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[MailKind] = enum_column(MailKind)
    cause_id: Mapped[uuid.UUID]
    """The row that it is about, such as a change of status: one message of a kind for each cause and recipient."""
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))
    message_id: Mapped[str] = mapped_column(String(320))
    """The same at every attempt: by it a server, or a person's mail program, knows a message that it has already."""
    recipient: Mapped[str] = mapped_column(String(254))
    sender_name: Mapped[str] = mapped_column(String(140))
    reply_to: Mapped[str | None] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str | None] = mapped_column(Text)
    """None once it was forgotten."""
    html: Mapped[str | None] = mapped_column(Text)
    unsubscribe_url: Mapped[str | None] = mapped_column(String(500))
    """Where the recipient's mail program asks for no more of these (RFC 8058)."""
    state: Mapped[MessageState] = enum_column(MessageState, default=MessageState.WAITING)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    useful_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """It is not sent after that; none = it is always worth reading."""
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the team decided that nobody needs to look at it any more."""
    problem: Mapped[MailProblem | None] = enum_column(MailProblem)
    server_code: Mapped[int | None]
    """The mail server's three digits, when it gave some."""
