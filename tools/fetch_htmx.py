"""Put htmx beside the other static files, for when the CDN cannot be reached: kooneo/static/vendor/, never committed.

The file inside the wheel of django-htmx is htmx's own, byte for byte; the digest that pages ask of the CDN proves it.
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "tools" / "requirements-htmx.lock"
MEMBER = "django_htmx/static/django_htmx/htmx-2.min.js"

sys.path.insert(0, str(ROOT))

from kooneo.htmx import INTEGRITY, LOCAL_FILE  # noqa: E402 - needs the path


def main() -> None:
    target = ROOT / "kooneo" / "static" / LOCAL_FILE
    if target.exists() and integrity(target.read_bytes()) == INTEGRITY:
        return
    content = downloaded()
    if integrity(content) != INTEGRITY:
        sys.exit(f"{MEMBER} is not the htmx that kooneo/htmx.py asks for: {integrity(content)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(target)


def downloaded() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK), "-d", folder]
        if subprocess.run(pip + options, check=False).returncode:
            sys.exit("htmx could not be downloaded; see pip's message above")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(MEMBER)


def integrity(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


if __name__ == "__main__":
    main()
