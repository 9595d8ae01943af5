"""The page's code sees in its tests what it sees in the page, and nothing of what tests need besides."""

import difflib
import json
import re
import sys
from typing import Any

import pytest

import volly_browser
from tests.page_python.inside.rest import PAGE_LIBRARY, PAGE_PACKAGES
from volly_browser.crypto.native import NativeEngine
from volly_browser.room.invite import Invite


def run_as_the_page(code: str) -> dict[str, Any]:
    """The names that code leaves behind if it is a module of volly_browser."""
    names: dict[str, Any] = {"__name__": "volly_browser.probe", "__package__": "volly_browser"}
    exec(compile(code, f"{PAGE_PACKAGES}volly_browser/probe.py", "exec"), names)
    return names


def test_python_and_volly_are_those_of_the_built_site() -> None:
    assert sys.platform == "emscripten"
    assert json.__file__ == f"{PAGE_LIBRARY}/json/__init__.pyc"
    assert volly_browser.__file__ == f"{PAGE_PACKAGES}volly_browser/__init__.pyc"
    assert Invite.__init__.__code__.co_filename == "<dataclass>"


def test_the_engine_of_the_tests_is_the_pages() -> None:
    assert NativeEngine.__mro__[1].__module__ == "volly_browser.crypto.batch"


@pytest.mark.parametrize(
    "statement",
    [
        "import difflib",
        "def late():\n    import difflib as other\nlate()",
        "from difflib import SequenceMatcher",
        "import concurrent.futures.thread",
        "from concurrent.futures import thread",
        "import importlib\nimportlib.import_module('difflib')",
        "from importlib import import_module\nimport_module('.thread', 'concurrent.futures')",
        "import encodings.cp1252",
        "import pytest",
        "from hypothesis import given",
        "import tests.unit.bounds",
        "import volly_browser.crypto.native",
        "from .crypto.native import NativeEngine",
        "from .crypto import native",
    ],
)
def test_the_page_cannot_import_what_only_tests_have(statement: str) -> None:
    assert difflib in sys.modules.values()
    with pytest.raises(ModuleNotFoundError, match="The page has no module named"):
        run_as_the_page(statement)


def test_tests_can() -> None:
    exec("from concurrent.futures import thread\nimport encodings.hex_codec")


def test_the_page_can_import_what_it_has() -> None:
    names = run_as_the_page("import json\nfrom . import errors\nfrom .room.invite import Invite\nimport js, sys")
    assert names["json"] is json
    assert names["Invite"] is Invite


def test_what_the_library_imports_for_the_page_is_refused_too() -> None:
    """`Path.as_uri` imports urllib."""
    program = "from pathlib import Path\nuri = Path('/a b').as_uri()"
    own: dict[str, Any] = {}
    exec(program, own)
    assert own["uri"] == "file:///a%20b"
    with pytest.raises(ModuleNotFoundError, match=re.escape("urllib")):
        run_as_the_page(program)


@pytest.mark.parametrize(
    "expression",
    [
        "'\\u20ac'.encode('cp1252')",
        "b'\\x80'.decode('Windows-1252')",
        "str(b'\\x80', 'cp1252')",
        "__import__('codecs').lookup('cp1252').incrementaldecoder().decode(b'\\x80')",
        "open('/tmp/euro', 'w', encoding='cp1252').close()",
    ],
)
def test_the_page_cannot_use_a_codec_that_only_tests_have(expression: str) -> None:
    for _ in range(2):  # Python keeps what it has found once
        with pytest.raises(LookupError, match=r"unknown encoding: (cp|[Ww]indows.)1252"):
            run_as_the_page(expression)
        exec(expression)


def test_the_page_cannot_use_a_codec_that_a_test_has_used_before() -> None:
    assert "\u03b1".encode("cp1253") == b"\xe1"
    with pytest.raises(LookupError, match="unknown encoding: cp1253"):
        run_as_the_page("'\u03b1'.encode('cp1253')")


def test_the_page_has_the_codecs_that_it_names() -> None:
    """A host in a message made the view of every reader fail."""
    names = run_as_the_page("host = '\\u0430\\u0440\\u0440\\u04cf\\u0435.com'.encode('idna')")
    assert names["host"] == b"xn--80ak6aa92e.com"
