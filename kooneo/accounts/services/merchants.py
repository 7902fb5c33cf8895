"""Making merchants and the people who work for them."""

import re
import uuid
from dataclasses import dataclass
from zoneinfo import available_timezones

from sqlalchemy import delete, select

from kooneo.accounts.models import LoginSession, Merchant, Role, TeamMember
from kooneo.accounts.passwords import hash_password, password_problem
from kooneo.addresses import is_email
from kooneo.clock import now
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


def invite_member(slug: str, *, name: str, email: str, password: str, role: Role) -> TeamMember:
    """Somebody more signs in to this merchant's back office. Raises NotAcceptable."""
    merchant = db.session.scalars(select(Merchant).filter_by(slug=slug)).one_or_none()
    if merchant is None:
        raise NotAcceptable(f"merchant: there is none with the slug {slug!r}")
    _refuse(_problems_of_member(name, email, password, about=(merchant.name, merchant.slug)))
    with transaction():
        _email_is_free(email)
        member = add_member(merchant, name=clean(name), email=email, password=password, role=role)
        db.session.flush()
        record(merchant.id, "member.added", by=_COMMAND, subject_id=member.id, role=role)
    return member


def replace_password(email: str, password: str) -> TeamMember:
    """For whoever has lost it: all their browsers are signed out. Raises NotAcceptable."""
    member = _member(email)
    about = (member.merchant.name, member.merchant.slug, member.name, member.email)
    if weakness := password_problem(password, about=about):
        raise NotAcceptable(f"password: {weakness}")
    with transaction():
        member = db.session.get_one(TeamMember, member.id)
        member.password_hash = hash_password(password)
        _sign_out_everywhere(member, "member.password_replaced")
    return member


def disable_member(email: str) -> TeamMember:
    """They sign in no more, and are signed out now; what they did keeps their name. Raises NotAcceptable."""
    member = _member(email)
    with transaction():
        member = db.session.get_one(TeamMember, member.id)
        if member.role == Role.OWNER:
            raise NotAcceptable(f"e-mail: {member.email} owns the account; replace the password instead")
        member.disabled_at = member.disabled_at or now()
        _sign_out_everywhere(member, "member.disabled")
    return member


def _member(email: str) -> TeamMember:
    query = select(TeamMember).filter_by(email=email.strip().lower(), disabled_at=None)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotAcceptable(f"e-mail: nobody signs in with {email!r}")
    return found


def _sign_out_everywhere(member: TeamMember, event: str) -> None:
    db.session.execute(delete(LoginSession).filter_by(team_member_id=member.id))
    record(member.merchant_id, event, by=_COMMAND, subject_id=member.id)


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
    problems = {
        "name: 1 to 120 characters": not 1 <= len(clean(new.name)) <= 120,
        "slug: small letters, digits and single hyphens, 60 at most": not _is_slug(new.slug),
        f"time zone: {new.time_zone!r} is not an IANA name like Europe/Paris": new.time_zone
        not in available_timezones(),
    }
    _refuse(problems | _problems_of_member(new.owner_name, new.email, password, about=(new.name, new.slug)))


def _problems_of_member(name: str, email: str, password: str, *, about: tuple[str, ...]) -> dict[str, bool]:
    weakness = password_problem(password, about=(*about, name, email))
    return {
        "the person's name: 1 to 120 characters": not 1 <= len(clean(name)) <= 120,
        f"e-mail: {email!r} is not an address": not is_email(email),
        f"password: {weakness}": bool(weakness),
    }


def _refuse(problems: dict[str, bool]) -> None:
    for problem, found in problems.items():
        if found:
            raise NotAcceptable(problem)


def _is_slug(slug: str) -> bool:
    return len(slug) <= 60 and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) is not None


def _check_is_free(new: NewMerchant) -> None:
    if db.session.scalars(select(Merchant.id).filter_by(slug=new.slug)).first():
        raise NotAcceptable(f"slug: {new.slug} belongs to another merchant")
    _email_is_free(new.email)


def _email_is_free(email: str) -> None:
    if db.session.scalars(select(TeamMember.id).filter_by(email=email.strip().lower())).first():
        raise NotAcceptable(f"e-mail: {email} signs in already")
