"""What pytest needs in the page's Python is taken from the lock file of the tests."""

import re

from volly_browser.tools import page_tests
from volly_browser.tools.environment import lock_file

LOCK = """\
attrs==1 \\
    --hash=sha256:00
pytest==9 \\
    --hash=sha256:01 \\
    --hash=sha256:02
pytest-asyncio==1 \\
    --hash=sha256:03
pytest-timeout==2 \\
    --hash=sha256:04
"""


def test_entries_are_taken_with_all_their_hashes() -> None:
    taken = page_tests.entries_of(LOCK, ["pytest", "pytest-asyncio"])
    assert re.findall(r"^\S+==|:0\d", taken, re.MULTILINE) == ["pytest==", ":01", ":02", "pytest-asyncio==", ":03"]


def test_everything_that_is_needed_is_locked() -> None:
    taken = page_tests.entries_of(lock_file("test").read_text(), page_tests.PACKAGES)
    assert re.findall(r"^(\S+)==", taken, re.MULTILINE) == sorted(page_tests.PACKAGES)
