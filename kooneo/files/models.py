"""A file that was uploaded: what is known of it. Its bytes lie in the instance folder, under the row's id (disk.py)."""

import uuid
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.columns import MerchantScoped
from kooneo.extensions import Base, UTCDateTime
from kooneo.files.kinds import NAME_LENGTH


class StoredFile(MerchantScoped, Base):
    """Never changed: another file is another row. One that nothing refers to is swept (services.sweep)."""

    __tablename__ = "stored_files"
    __table_args__ = (
        Index("ix_stored_files_merchant_id", "merchant_id"),
        Index("ix_stored_files_created_at", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    """For people to read: it names nothing on the disk."""
    media_type: Mapped[str] = mapped_column(String(100))
    """What its bytes were found to be (kinds.py), never what a browser said."""
    size: Mapped[int]
    """In bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
