"""The one way to skip a test for a tool that is not there."""

import os

import pytest


def require(found: object, sentence: str) -> None:
    """Skip with `sentence` when `found` is empty; fail instead under KOONEO_TEST_REQUIRE_ALL=1, as in CI."""
    if found:
        return
    if os.environ.get("KOONEO_TEST_REQUIRE_ALL") == "1":
        pytest.fail(f"KOONEO_TEST_REQUIRE_ALL=1, and {sentence}", pytrace=False)
    pytest.skip(sentence)
