from collections.abc import Callable
from pathlib import Path

import pytest

from volly_browser.tools import browsers, console
from volly_browser.tools.browsers import Firefox, WebKit
from volly_browser.tools.console import SetupError

Put = Callable[[str], Path]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Puts a program on the PATH of a machine that has nothing, and nothing to install with."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def put(name: str) -> Path:
        program = tmp_path / "bin" / name
        program.touch(0o755)
        return program

    return put


def test_a_bare_machine_has_no_browser(put: Put) -> None:
    assert (browsers.chromium(), browsers.firefox(), browsers.webkit()) == (None, None, None)


def test_the_machines_browsers_are_found(put: Put) -> None:
    chrome = put("google-chrome")
    assert browsers.chromium() == chrome
    chromium = put("chromium")
    assert browsers.chromium() == chromium


def test_a_browser_counts_only_with_what_drives_it(put: Put) -> None:
    program, web_driver = put("firefox-esr"), put("WebKitWebDriver")
    assert (browsers.firefox(), browsers.webkit()) == (None, None)
    driver, screen = put("geckodriver"), put("xvfb-run")
    assert browsers.firefox() == Firefox(program, driver)
    assert browsers.webkit() == WebKit(web_driver, screen)


def test_a_geckodriver_that_was_built_once_is_found(put: Put, tmp_path: Path) -> None:
    program = put("firefox")
    driver = tmp_path / "cache" / "volly" / "bin" / f"geckodriver-{browsers.GECKODRIVER_VERSION}"
    driver.parent.mkdir(parents=True)
    driver.touch()
    assert browsers.firefox() == Firefox(program, driver)


def test_the_tests_go_on_without_what_cannot_be_had(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    put("chromium")
    browsers.install()
    said = capsys.readouterr().err.splitlines()
    assert [line.endswith("Its tests will be skipped.") for line in said] == [True, True]
    assert "firefox-esr" in said[0]
    assert "webkit2gtk-driver" in said[1]


def test_without_any_chromium_there_is_a_sentence(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(title: str, command: object, **_: object) -> str:
        raise SetupError(f"{title} failed.")

    monkeypatch.setattr(console, "run", no_network)
    with pytest.raises(SetupError, match="Missing on this machine: chromium"):
        browsers.install_chromium()
