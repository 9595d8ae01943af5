"""What a page needs of a small library: nothing is forgotten, and nothing left out without a decision."""

import pytest

from volly_browser.tools.console import SetupError
from volly_browser.tools.site import needs, reading
from volly_browser.tools.site.needs import Library
from volly_browser.tools.site.reading import Reading

SOURCES = {
    "_collections_abc": "import sys",
    "argparse": "",
    "codecs": "",
    "encodings": "import codecs",
    "encodings.idna": "import stringprep\ndef encode(text): return text.encode('punycode')",
    "encodings.punycode": "import codecs",
    "encodings.cp1252": "",
    "json": "from json.decoder import JSONDecoder",
    "json.decoder": "from json import scanner",
    "json.scanner": "",
    "json.tool": "import argparse",
    "secrets": "",
    "stringprep": "",
    "tokens": "def main():\n    import argparse\n    import sys",
}
PACKAGES = {"encodings", "json"}


@pytest.fixture
def library() -> Library:
    modules = {name: reading.read(source, name, is_package=name in PACKAGES) for name, source in SOURCES.items()}
    return Library(modules, frozenset({"sys", "math"}), {"windows_1252": "cp1252"})


def page(source: str) -> dict[str, Reading]:
    return {"chat": reading.read(source, "chat", is_package=False), "chat_helper": Reading()}


def test_imports_are_followed_through_the_library(library: Library) -> None:
    assert needs.needed(page("import json, math, js, chat_helper"), library) == {"json", "json.decoder", "json.scanner"}


def test_what_the_page_imports_late_is_needed(library: Library) -> None:
    assert needs.needed(page("def f():\n    import secrets"), library) == {"secrets"}


def test_a_module_is_found_by_its_second_name(library: Library) -> None:
    assert needs.needed(page("from collections.abc import Iterator"), library) == {"_collections_abc"}


def test_a_codec_is_needed_with_what_it_imports_and_encodes_with(library: Library) -> None:
    idna = {"encodings", "codecs", "encodings.idna", "encodings.punycode", "stringprep"}
    assert needs.needed(page("host.encode('idna')"), library) == idna
    assert needs.needed(page("CODEC = 'IDNA'"), library) == idna


def test_a_codec_is_found_by_its_other_names(library: Library) -> None:
    assert "encodings.cp1252" in needs.needed(page("text.encode('Windows-1252')"), library)


def test_what_was_recorded_is_added(library: Library) -> None:
    assert needs.needed(page("import secrets"), library, ["json.scanner"]) == {
        "secrets",
        "json",
        "json.decoder",
        "json.scanner",
    }


def test_an_import_of_what_no_page_has_is_named(library: Library) -> None:
    with pytest.raises(SetupError, match=r"chat imports requests\.$"):
        needs.needed(page("def f():\n    import requests"), library)


def test_an_import_that_the_code_can_do_without_may_fail(library: Library) -> None:
    assert needs.needed(page("try:\n    import numpy\nexcept ImportError:\n    import secrets"), library) == {"secrets"}


def test_an_import_that_cannot_be_read_is_named(library: Library) -> None:
    with pytest.raises(SetupError, match="chat imports on line 2 what only a run can tell"):
        needs.needed(page("import secrets\n__import__(name)"), library)


def test_what_the_library_may_import_is_named_until_that_is_decided(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SetupError, match="tokens may import argparse"):
        needs.needed(page("import tokens"), library)
    assert needs.needed(page("import tokens, argparse"), library) == {"tokens", "argparse"}
    monkeypatch.setattr(needs, "LEFT_OUT", {"tokens": {"argparse"}})
    assert needs.needed(page("import tokens"), library) == {"tokens"}
