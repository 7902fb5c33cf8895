"""Reading merchants and their teams."""

import uuid

from sqlalchemy import select

from kooneo.accounts.models import Role, TeamMember
from kooneo.addresses import is_email
from kooneo.extensions import db


def owner_address(merchant_id: uuid.UUID) -> str | None:
    """Where customers' answers go. Of several owners the first by address, so that it is always the same one."""
    owners = select(TeamMember.email).filter_by(merchant_id=merchant_id, role=Role.OWNER, disabled_at=None)
    return next(filter(is_email, db.session.scalars(owners.order_by(TeamMember.email))), None)
