"""Changing what is known about a customer."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kooneo.customers.models import Customer, CustomerLanguage
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record


@dataclass(frozen=True)
class Profile:
    given_name: str
    family_name: str
    email: str
    """In lower case."""
    language: CustomerLanguage
    notes: str
    tags: Sequence[str]


class EmailTaken(Exception):
    """Another customer of the same merchant has this address."""


def profile_of(customer: Customer) -> Profile:
    return Profile(**{name: getattr(customer, name) for name in Profile.__dataclass_fields__})


def change_profile(customer: Customer, profile: Profile, *, by: Actor) -> None:
    """The same again changes nothing. Raises EmailTaken."""
    customer_id = customer.id
    try:
        with transaction():
            customer = db.session.get_one(Customer, customer_id, with_for_update=True, populate_existing=True)
            if _is_taken(customer, profile.email):
                raise EmailTaken
            _apply(customer, profile, by)
    except IntegrityError as error:  # somebody took it this very moment
        raise EmailTaken from error


def _is_taken(customer: Customer, email: str) -> bool:
    others = select(Customer.id).filter_by(merchant_id=customer.merchant_id, email=email)
    found: uuid.UUID | None = db.session.scalars(others.where(Customer.id != customer.id)).first()
    return found is not None


def _apply(customer: Customer, profile: Profile, by: Actor) -> None:
    old, new = asdict(profile_of(customer)), asdict(profile)
    changed = [name for name in new if old[name] != new[name]]
    if not changed:
        return
    for name in changed:
        setattr(customer, name, new[name])
    customer.renew_keys()
    record(
        customer.merchant_id,
        "customer.profile_changed",
        by=by,
        customer_id=customer.id,
        subject_id=customer.id,
        after=", ".join(changed),
        # Names and notes are personal: only the erasable details hold them.
        changes={name: [_written(old[name]), _written(new[name])] for name in changed},
    )


def _written(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
