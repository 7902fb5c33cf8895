"""Instants in the database are aware and in UTC, on both engines."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError
from support.builders import a_merchant, saved
from support.running import fresh

from kooneo.accounts.models import Merchant

pytestmark = pytest.mark.usefixtures("app")

MONTREAL = timezone(-timedelta(hours=5))


def test_another_zones_instant_comes_back_in_utc() -> None:
    instant = datetime(2026, 3, 1, 22, 30, 1, 123456, tzinfo=MONTREAL)
    kept = fresh(saved(Merchant(id=uuid.uuid4(), name="M", slug="montreal", created_at=instant))).created_at
    assert kept == instant
    assert kept.tzinfo == UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        saved(Merchant(id=uuid.uuid4(), name="M", slug="naive", created_at=datetime(2026, 3, 1)))  # noqa: DTZ001
    assert a_merchant().created_at.tzinfo == UTC
