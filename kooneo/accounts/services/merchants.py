"""Making merchants and the people who work for them."""

import re
import uuid
from dataclasses import dataclass
from zoneinfo import available_timezones

from sqlalchemy import select

from kooneo.accounts.models import Merchant, Role, TeamMember
from kooneo.accounts.passwords import hash_password, password_problem
from kooneo.addresses import is_email
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.text import clean

_COMMAND = Actor("kooneo", "Kooneo", "command")


class NotAcceptable(Exception):
    """Its text says what is wrong, for the person at the command line."""


@dataclass(frozen=True)
class NewMerchant:
    """A merchant, and the owner who signs in first."""

    name: str
    slug: str
    time_zone: str
    owner_name: str
    email: str


def create_merchant(new: NewMerchant, password: str) -> Merchant:
    """Raises NotAcceptable; then nothing was made."""
    _check(new, password)
    merchant = Merchant(id=uuid.uuid4(), name=clean(new.name), slug=new.slug, time_zone=new.time_zone)
    with transaction():
        _check_is_free(new)
        db.session.add(merchant)
        db.session.flush()
        owner = add_member(merchant, name=clean(new.owner_name), email=new.email, password=password, role=Role.OWNER)
        db.session.flush()
        record(merchant.id, "merchant.created", by=_COMMAND, subject_id=owner.id)
    return merchant


def add_member(merchant: Merchant, *, name: str, email: str, password: str, role: Role) -> TeamMember:
    """In the caller's transaction."""
    member = TeamMember(
        id=uuid.uuid4(),
        merchant_id=merchant.id,
        name=name,
        email=email.strip().lower(),
        password_hash=hash_password(password),
        role=role,
    )
    db.session.add(member)
    return member


def _check(new: NewMerchant, password: str) -> None:
    weakness = password_problem(password, about=(new.name, new.slug, new.owner_name, new.email))
    problems = {
        "name: 1 to 120 characters": not 1 <= len(clean(new.name)) <= 120,
        "slug: small letters, digits and single hyphens, 60 at most": not _is_slug(new.slug),
        f"time zone: {new.time_zone!r} is not an IANA name like Europe/Paris": new.time_zone
        not in available_timezones(),
        "owner's name: 1 to 120 characters": not 1 <= len(clean(new.owner_name)) <= 120,
        f"e-mail: {new.email!r} is not an address": not is_email(new.email),
        f"password: {weakness}": bool(weakness),
    }
    for problem, found in problems.items():
        if found:
            raise NotAcceptable(problem)


def _is_slug(slug: str) -> bool:
    return len(slug) <= 60 and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) is not None


def _check_is_free(new: NewMerchant) -> None:
    if db.session.scalars(select(Merchant.id).filter_by(slug=new.slug)).first():
        raise NotAcceptable(f"slug: {new.slug} belongs to another merchant")
    if db.session.scalars(select(TeamMember.id).filter_by(email=new.email.strip().lower())).first():
        raise NotAcceptable(f"e-mail: {new.email} signs in already")
