"""pytest's side of a run in the page's Python: patience, and lines that show its progress to another program."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.page_python.inside.left_out import LEFT_OUT

MARK = "@@ "
"""What lines of progress begin with: the number of tests once, then each test's name before it runs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--progress-lines", action="store_true", help="say on a line of its own what runs")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("page", deadline=None, suppress_health_check=list(HealthCheck), max_examples=50)
    settings.load_profile("page")
    if config.getoption("--progress-lines"):
        config.pluginmanager.register(_ProgressLines(config))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.relative_to(config.rootpath).as_posix() in LEFT_OUT else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid in LEFT_OUT:
            item.add_marker(pytest.mark.skip(reason=f"here: {LEFT_OUT[item.nodeid]}"))


class _ProgressLines:
    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._say(str(len(session.items)))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._say(nodeid)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Without the dots."""
        return ("passed" if report.when == "call" else "", "", "") if report.passed else None

    def _say(self, line: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        reporter.write_line(MARK + line)
