from collections.abc import Iterator
from pathlib import Path

import pytest

from .callers import Control, Merchant
from .server import running_simulator


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "simulator.sqlite3"


@pytest.fixture
def paypal_url(database_path: Path) -> Iterator[str]:
    with running_simulator(database_path) as base_url:
        yield base_url


@pytest.fixture
def control(paypal_url: str) -> Control:
    return Control(paypal_url)


@pytest.fixture
def merchant(paypal_url: str) -> Merchant:
    return Merchant(paypal_url).signed_in()
