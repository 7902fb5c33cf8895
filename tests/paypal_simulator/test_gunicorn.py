"""Served as in the demo: gunicorn, one process, many threads. What touches the server's socket is tried on it too."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from .callers import Control, Merchant, a_subscription, until
from .test_failures import ENDINGS

_ROOT = Path(__file__).parents[2]


@contextmanager
def gunicorn(instance: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8", "--no-control-socket")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "kooneo.paypal_simulator.wsgi:application", *options],
        cwd=_ROOT,
        env={"PATH": "/usr/bin:/bin", "KOONEO_INSTANCE": str(instance)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(base_url: str) -> bool:
    try:
        return requests.get(f"{base_url}/_control/health", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="module")
def paypal_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with gunicorn(tmp_path_factory.mktemp("instance")) as (base_url, _):
        until(lambda: answers(base_url))
        yield base_url


@pytest.mark.parametrize(("kind", "raised", "status_after"), ENDINGS)
def test_the_connection_ends_without_a_whole_answer(
    merchant: Merchant, control: Control, kind: str, raised: str, status_after: str
) -> None:
    control.has(a_subscription())
    control.fails("cancel", kind, seconds=0)
    with pytest.raises(requests.RequestException, match=raised):
        merchant.cancel("I-ALICE")
    assert merchant.status("I-ALICE") == status_after


def test_a_connection_that_is_kept_open_can_be_ended_too(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription())
    control.fails("get", "reset_before", times=3)
    token = merchant.ask_for_token().json()["access_token"]
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        address = f"{merchant.base_url}/v1/billing/subscriptions/I-ALICE"
        for _ in range(3):
            assert session.get(f"{merchant.base_url}/_control/health", timeout=10).ok
            with pytest.raises(requests.ConnectionError):
                session.get(address, timeout=10)
        assert session.get(address, timeout=10).ok


def test_a_request_that_sleeps_holds_up_nobody(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription("I-SLOW"), a_subscription("I-OTHER"))
    control.fails("cancel", "slow", id="I-SLOW", seconds=3600)
    sleeper = merchant.cancels_in_the_background("I-SLOW")
    until(lambda: control.calls(id="I-SLOW", action="cancel"))
    assert merchant.cancel("I-OTHER").status_code == 204
    assert sleeper.is_alive()


def test_it_ends_although_a_request_sleeps(tmp_path: Path) -> None:
    with gunicorn(tmp_path) as (base_url, process):
        until(lambda: answers(base_url))
        control, merchant = Control(base_url), Merchant(base_url).signed_in()
        control.has(a_subscription())
        control.fails("cancel", "timeout", seconds=3600)
        merchant.cancels_in_the_background("I-ALICE")
        until(lambda: control.calls(action="cancel"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=25) == 0  # gunicorn itself would wait 30 s, then kill
        assert (tmp_path / "simulator.sqlite3").exists()


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"KOONEO_ENV": "production", "KOONEO_INSTANCE": "unused"}, "KOONEO_ENV"), ({}, "KOONEO_INSTANCE")],
    ids=["production", "no-instance"],
)
def test_it_does_not_start_where_it_must_not(environment: dict[str, str], named: str) -> None:
    command = [sys.executable, "-c", "import kooneo.paypal_simulator.wsgi"]
    started = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode != 0
    assert named in started.stderr.splitlines()[-1]
