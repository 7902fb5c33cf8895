"""A real browser before the real processes."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route
from support import engines, paypal
from support.requirements import require
from support.running import running_app, settings_for

from kooneo.htmx import CDN_URL, LOCAL_FILE

from .stack import ROOT, Stack

HTMX = ROOT / "kooneo" / "static" / LOCAL_FILE

_WATCH = """
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));
  window.said = [];
  document.addEventListener('DOMContentLoaded', () => {
    const region = document.getElementById('announcement');
    if (region && !region.watched) {
      region.watched = true;
      new MutationObserver(() => { if (region.textContent) window.said.push(region.textContent); })
        .observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quickest without a window system; or the one that E2E_CHROMIUM names.

    Without a sandbox only as root, where it has none.
    """
    names = (os.environ.get("E2E_CHROMIUM", ""), "chromium-headless-shell", "chromium", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    require(found, "no Chromium was found (install chromium, or set E2E_CHROMIUM)")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-quic", "--no-first-run"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": found, "args": quiet + root}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "fr-FR", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="package")
def stack(engine: engines.Engine, paypal_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with engine.copy() as database_url:
        running = Stack(folder, database_url, paypal_url)
        running.database_url = database_url  # type: ignore[attr-defined]
        running.start()
        try:
            yield running
        finally:
            running.stop()
            paypal.notifies_nobody()


@pytest.fixture
def app(stack: Stack, paypal_url: str) -> Iterator[Flask]:
    """For the builders: rows and files go where the processes read them."""
    with running_app(settings_for(stack.database_url, stack.folder / "instance", paypal_url)) as running:  # type: ignore[attr-defined]
        yield running
        paypal.heals()
        paypal.notifies_nobody()


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    return watched(context)


def watched(context: BrowserContext) -> BrowserContext:
    """The CDN answers from the local copy: tests stay on this machine."""

    def answer(route: Route) -> None:
        headers = {"access-control-allow-origin": "*", "content-type": "text/javascript"}
        route.fulfill(body=HTMX.read_bytes(), headers=headers)

    context.route(CDN_URL, answer)
    context.add_init_script(_WATCH)
    return context


@pytest.fixture
def page(page: Page, stack: Stack, app: Flask) -> Iterator[Page]:
    """Fails the test when the page violates its own policy or a script of ours breaks."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    yield page
    assert problems == []


@pytest.fixture
def without_script(browser: Browser, app: Flask) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture(params=["with script", "without script"])
def anyone(request: pytest.FixtureRequest, page: Page, without_script: BrowserContext) -> Page:
    """Somebody's page, also in a browser that runs no script."""
    return page if request.param == "with script" else without_script.new_page()
