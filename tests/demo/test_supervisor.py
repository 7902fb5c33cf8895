"""`flask --app app demo`: three processes that stay alive until they are told to stop."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

# The demo's processes are the same on every engine.
pytestmark = pytest.mark.any_engine

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("web", "worker", "simulator")
COMMAND = [sys.executable, "-m", "flask", "--app", "app", "demo"]


@dataclass
class Demo:
    process: subprocess.Popen[str]
    instance: Path
    port: int
    simulator_port: int

    def pid(self, name: str) -> int | None:
        try:
            return int((self.instance / "run" / f"{name}.pid").read_text())
        except FileNotFoundError:
            return None

    def answers(self) -> bool:
        return answers(self.port, "/healthz") and answers(self.simulator_port, "/_control/health")


def answers(port: int, path: str) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, port: int, simulator_port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KOONEO_", "DATABASE_URL"))}
    return kept | {"KOONEO_INSTANCE": str(instance), "PORT": str(port), "SIMULATOR_PORT": str(simulator_port)}


def eventually(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """A zombie, whom nobody has waited for yet, is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def running_demo(instance: Path) -> Iterator[Demo]:
    port, simulator_port = free_port(), free_port()
    process = subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=environment(instance, port, simulator_port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    demo = Demo(process, instance, port, simulator_port)
    try:
        eventually(lambda: demo.answers() or process.poll() is not None, 60)
        yield demo
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for one demo after the other: the second start finds the world that the first one made."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(folder: Path) -> Iterator[Demo]:
    with running_demo(folder) as running:
        yield running


def test_a_killed_process_comes_back_and_all_end_together(demo: Demo) -> None:
    first = {name: demo.pid(name) for name in NAMES}
    assert all(pid and alive(pid) for pid in first.values())
    for name in NAMES:
        killed = demo.pid(name)
        assert killed
        os.kill(killed, signal.SIGKILL)
        eventually(lambda name=name, killed=killed: demo.pid(name) not in (None, killed), 5)  # type: ignore[misc]
    eventually(demo.answers, 20)

    last = [demo.pid(name) for name in NAMES]
    demo.process.terminate()
    output, _ = demo.process.communicate(timeout=30)
    assert demo.process.returncode == 0
    assert not any(alive(pid) for pid in last if pid)
    assert [demo.pid(name) for name in NAMES] == [None] * 3
    assert "demo@kooneo.test" in output
    assert f"http://127.0.0.1:{demo.port}" in output
    assert "worker s’est arrêté (signal 9)" in output


def test_a_second_one_in_the_same_folder_says_so_and_nothing_outlives_a_killed_one(demo: Demo) -> None:
    assert "Une démonstration tourne déjà" in refused(demo.instance, free_port(), free_port())
    pids = [demo.pid(name) or 0 for name in NAMES]
    demo.process.kill()
    eventually(lambda: not any(alive(pid) for pid in pids), 20)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Le port {port} ne peut pas être utilisé" in refused(tmp_path, port, free_port())
        assert "SIMULATOR_PORT" in refused(tmp_path, free_port(), port)


def test_the_same_port_twice_is_refused(tmp_path: Path) -> None:
    port = free_port()
    assert "PORT et SIMULATOR_PORT sont identiques" in refused(tmp_path, port, port)


def refused(instance: Path, port: int, simulator_port: int) -> str:
    """What it says when it does not start."""
    done = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(instance, port, simulator_port),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.replace("\u00a0", " ")


def test_production_has_no_demo(tmp_path: Path) -> None:
    production = {
        "KOONEO_ENV": "production",
        "KOONEO_BASE_URL": "https://kooneo.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/kooneo.sqlite3",
        "SECRET_KEY": "k" * 48,
        "KOONEO_ENCRYPTION_KEYS": "A" * 43 + "=",
    }
    for command in (COMMAND, [*COMMAND[:-1], "seed"]):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(tmp_path, 5000, 5001) | production,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 1
        assert "KOONEO_ENV=production" in done.stderr


def test_begin_anew_erases_what_was_done_and_keeps_the_secrets(tmp_path: Path) -> None:
    env = environment(tmp_path, free_port(), free_port())
    commands = ([*COMMAND[:-1], "seed", "--customers", "230"], [*COMMAND, "--reset"], [*COMMAND[:-1], "seed"])
    outputs = []
    secrets = []
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True)
        outputs.append(done.stdout.replace("\u00a0", " "))
        secrets.append((tmp_path / "secrets.json").read_text())
    assert "230 clients ajoutés" in outputs[0]
    assert "rien à ajouter" in outputs[2]
    assert len(set(secrets)) == 1
