"""Rules for the whole suite."""

import os

import pytest

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
