"""Rules for the whole suite."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

NO_REAL_DATA = "real openings (../shared/data) are not beside the checkout"
"""The one reason for which CI may skip: those files are not ours to ship."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make a skipped test fail the run in CI, where everything a test needs is to be installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None:
        return
    skipped = [
        report for report in reporter.stats.get("skipped", []) if NO_REAL_DATA not in str(report.longrepr)
    ]
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"CI skips no test, but {len(skipped)} were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; tests that need one are skipped where none is installed.

    It ends with its module: while it lives, its event loop keeps other tests of this thread from running one.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium is installed: apt-get install chromium, or any Chrome on the PATH")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()
