"""Imports and codecs are found wherever they stand in a source."""

import pytest

from volly_browser.tools.site import reading
from volly_browser.tools.site.reading import Reading


def read(source: str, module: str = "package.module", *, is_package: bool = False) -> Reading:
    return reading.read(source, module, is_package=is_package)


def test_imports_of_the_module_itself_are_early() -> None:
    found = read(
        "import os.path as path, json\nfrom collections import abc\nclass A:\n    import hmac\nif 1 < 2:\n    import re"
    )
    assert found.early == {"os.path", "json", "collections", "collections.abc", "hmac", "re"}
    assert found.late == set()
    assert found.certain == {"os.path", "json", "collections", "hmac", "re"}


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    import secrets",
        "async def f():\n    if a:\n        import secrets",
        "class A:\n    def f(self):\n        import secrets",
        "try:\n    import _secrets\nexcept ImportError:\n    import secrets",
    ],
)
def test_imports_that_wait_for_an_occasion_are_late(source: str) -> None:
    found = read(source)
    assert found.late == {"secrets"}
    assert "secrets" in found.certain


@pytest.mark.parametrize("caught", ["ImportError", "(KeyError, ModuleNotFoundError)", "Exception", ""])
def test_an_import_that_may_fail_is_not_certain(caught: str) -> None:
    found = read(f"try:\n    import numpy\nexcept {caught}:\n    pass")
    assert found.early == {"numpy"}
    assert found.certain == set()


def test_an_import_whose_failure_is_not_caught_is_certain() -> None:
    assert read("try:\n    import numpy\nexcept KeyError:\n    pass").certain == {"numpy"}


@pytest.mark.parametrize(
    ("statement", "is_package", "imported"),
    [
        ("from . import sibling", False, {"a.b", "a.b.sibling"}),
        ("from .sibling import name", False, {"a.b.sibling", "a.b.sibling.name"}),
        ("from .. import uncle", False, {"a", "a.uncle"}),
        ("from . import child", True, {"a.b.c", "a.b.c.child"}),
        ("from ..sibling import name", True, {"a.b.sibling", "a.b.sibling.name"}),
    ],
)
def test_relative_imports_are_named_in_full(statement: str, is_package: bool, imported: set[str]) -> None:
    assert read(statement, "a.b.c", is_package=is_package).early == imported


@pytest.mark.parametrize(
    "source",
    [
        "if TYPE_CHECKING:\n    import other",
        "if typing.TYPE_CHECKING:\n    import other\nelse:\n    import this",
        "if sys.platform == 'win32':\n    import other\nelse:\n    import this",
        "if sys.platform != 'emscripten':\n    import other",
        "if __name__ == '__main__':\n    import other",
    ],
)
def test_what_no_page_gets_to_is_not_read(source: str) -> None:
    assert "other" not in read(source).early
    assert ("this" in source) == ("this" in read(source).early)


def test_an_import_by_a_call_is_one_if_its_name_is_plain() -> None:
    found = read("import_module('json')\nimportlib.import_module('hmac')\n__import__(name)\n")
    assert found.early == {"json", "hmac"}
    assert found.unreadable == {3}


@pytest.mark.parametrize(
    "source",
    [
        "host.encode('idna')",
        "data.decode('idna', 'replace')",
        "open(path, encoding='idna')",
        "str(data, encoding='idna')",
    ],
)
def test_a_codec_is_found_where_a_call_names_it(source: str) -> None:
    assert read(source).codecs == {"idna"}


def test_a_codec_may_be_any_string_that_looks_like_one() -> None:
    found = read("CODEC = 'idna'\nhost.encode(CODEC)\nsay('Hello, world!')\nsay('')\nhost.encode(errors='x')")
    assert {"idna", "x"} == found.texts
    assert found.codecs == set()


def test_what_was_found_travels_as_json() -> None:
    found = read("import json\ndef f():\n    __import__(x.decode('idna'))")
    assert Reading.from_json(found.to_json()) == found
    assert found.unreadable == {3}


def test_a_file_is_named_as_python_imports_it() -> None:
    assert reading.module_of("json/decoder.pyc") == ("json.decoder", False)
    assert reading.module_of("json/__init__.py") == ("json", True)
    assert reading.module_of("os.pyc") == ("os", False)
