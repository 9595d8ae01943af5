"""The documents: what they name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = re.compile(r"`((?:web|volly_browser|tests|docs)/[\w./-]+\.\w+)(?:::(\w+))?`")
LINK = re.compile(r"\]\(([\w./-]+)\)")
DOCUMENTS = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted(ROOT.glob("docs/*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_names_files_tests_and_links_that_are_there(document: Path) -> None:
    text = document.read_text()
    missing = [name for name, _ in FILE.findall(text) if not (ROOT / name).is_file()]
    missing += [name for name in LINK.findall(text) if not (document.parent / name).exists()]
    missing += [
        f"{name}::{test}"
        for name, test in FILE.findall(text)
        if test and f"def {test}(" not in (ROOT / name).read_text()
    ]
    assert not missing


def test_the_search_would_find_what_it_looks_for() -> None:
    text = "`volly_browser/gone.py` and `tests/unit/test_documents.py::test_gone`, see [this](docs/gone.md)"
    assert FILE.findall(text) == [("volly_browser/gone.py", ""), ("tests/unit/test_documents.py", "test_gone")]
    assert LINK.findall(text) == ["docs/gone.md"]
