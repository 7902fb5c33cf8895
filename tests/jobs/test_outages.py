"""A database that is away fills no log."""

import logging

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from kooneo.jobs.outages import OneLineAnOutage

pytestmark = pytest.mark.any_engine


@pytest.fixture
def engine_log() -> logging.Logger:
    log = logging.Logger("engine")
    log.addFilter(OneLineAnOutage())
    return log


def _fails(log: logging.Logger, error: Exception, text: str) -> None:
    try:
        raise error
    except type(error):
        log.warning(text, exc_info=True)


def test_an_outage_is_one_line(engine_log: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    engine_log.addHandler(caplog.handler)
    for _ in range(50):
        _fails(
            engine_log, OperationalError("SELECT 1", {}, psycopg.OperationalError("refused")), "Fallback poll failed"
        )
        engine_log.warning("Exception polling:\nTraceback\n  File x\npsycopg.OperationalError: refused\n")
        engine_log.warning("Notification listener error: the server closed the connection\n\tunexpectedly")
    (line,) = caplog.records
    assert "OperationalError" in line.getMessage()
    assert "\n" not in caplog.handler.format(line)


def test_any_other_error_is_told_whole(engine_log: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    engine_log.addHandler(caplog.handler)
    for number in range(2):
        _fails(engine_log, ValueError(f"number {number}"), "A job failed")
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
