from volly_browser.tools.site import stdlib

SOURCE = b"""
import os.path as path, json
from collections import abc
from . import sibling
from .codec import encode
def late():
    import secrets
    from concurrent.futures import thread
if False:
    import hmac
"""


def test_imports_are_found_wherever_they_stand() -> None:
    found = set(stdlib.imported({"a.py": SOURCE, "data.bin": b"\xff import nothing"}))
    assert {
        "os.path",
        "json",
        "collections",
        "collections.abc",
        "secrets",
        "concurrent.futures.thread",
        "hmac",
    } <= found


def test_imports_of_our_own_package_are_not_the_librarys() -> None:
    assert not {"sibling", "codec", "codec.encode"} & set(stdlib.imported({"a.py": SOURCE}))


def test_a_file_is_named_as_python_imports_it() -> None:
    assert stdlib.module_name("json/decoder.pyc") == "json.decoder"
    assert stdlib.module_name("json/__init__.py") == "json"
    assert stdlib.module_name("os.pyc") == "os"
