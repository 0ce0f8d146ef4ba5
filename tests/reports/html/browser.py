"""A real browser for the tests of the page, and for the pictures in README; no network, nothing kept."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb",
)  # fmt: skip
DESK, PHONE = (1280, 900), (390, 844)


def found() -> tuple[str, str] | None:
    """Return the paths of a browser and its driver, None where one of them is missing."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Browser:
    """One browser window. What a test sets is set back by `plain`."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def plain(self) -> None:
        """A desk's window, light, with JavaScript, on paper only when asked for."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        self.media(dark=False)
        self.size(*DESK)
        self.driver.get_log("browser")

    def media(self, *, dark: bool, kind: str = "") -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})

    def size(self, width: int, height: int) -> None:
        given = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", given)

    def without_scripts(self) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    def open(self, page: Path, anchor: str = "") -> None:
        """Open a page anew, even if only the anchor is another."""
        self.driver.get("about:blank")
        self.driver.get(page.as_uri() + anchor)
        # A driver may return before a page is parsed to its end, where its script stands.
        assert self.until(lambda: self.run("return document.readyState") == "complete")

    def all(self, selector: str) -> list[WebElement]:
        found: list[WebElement] = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found

    def one(self, selector: str) -> WebElement:
        (element,) = self.all(selector)
        return element

    def run(self, script: str, *given: Any) -> Any:
        return self.driver.execute_script(script, *given)

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds, at most five seconds, and return it."""
        end = time.monotonic() + 5
        while not (value := holds()) and time.monotonic() < end:
            time.sleep(0.02)
        return value

    def picture(self, path: Path) -> None:
        """Write what the window shows as PNG."""
        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": False}
        )
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser with an empty profile, and end it."""
    paths = found()
    assert paths is not None
    with tempfile.TemporaryDirectory(prefix="roomproof-browser-", ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = paths[0]
        for argument in (*QUIET, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(
            options=options, service=Service(paths[1], env={**os.environ, "HOME": profile})
        )
        try:
            yield Browser(driver)
        finally:
            driver.quit()
