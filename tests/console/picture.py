"""Takes the picture of docs/board.png from a running service; see docs/console.md for the command."""

import shutil
import sys

from playwright.sync_api import expect, sync_playwright

from tests.conftest import NAMES


def take(address: str, token: str, path: str, language: str = "zh") -> None:
    """Sign in, wait until the board is live and something has happened, and save what is seen."""
    with sync_playwright() as playwright:
        installed = next(found for name in NAMES if (found := shutil.which(name)))
        chromium = playwright.chromium.launch(
            executable_path=installed, args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{address}/?language={language}")
        page.fill("#token", token)
        page.keyboard.press("Enter")
        expect(page.locator(".connection.live")).to_be_visible()
        expect(page.locator(".feed li button").nth(8)).to_be_visible(timeout=60_000)
        page.wait_for_timeout(1_000)
        page.screenshot(path=path)
        chromium.close()


if __name__ == "__main__":
    take(*sys.argv[1:])
