"""The prose of the code: docstrings and comments do without the words that make a reader ask back."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("volly_browser", "tests") for path in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted(path for folder in ("volly_browser", "web", "tests") for path in (ROOT / folder).rglob("*.mjs"))
STYLES = sorted((ROOT / "web").rglob("*.css"))

WORDS = {
    "name the member, newcomer, user or attacker": "(some|any|every)(body|one)|who(m)?ever|those who(m)?|who is not",
    "begin with a verb or the protocol's noun": "^who(se|m)?",
    "say 'can be', 'is allowed to be' or 'is possibly'": "may be",
    "say 'if' for a condition": "where (it|they) (is|are|was|has|have|does|do|can|cannot)|where there (is|are) no(ne)?",
}
"""What is not to be written, and why."""

FOUND = re.compile("|".join(rf"(?:^|(?<=\W))(?:{words})\b" for words in WORDS.values()), re.IGNORECASE)

FILE = re.compile(r"(?<![\w/.<-])(?:\w[\w-]*/)+(?!__init__)[\w-]+\.(?:py|mjs|md|css|html|json|tla)\b")
"""The path of a file of ours."""


def prose_of_python(source: str) -> Iterator[tuple[int, str]]:
    """Every docstring and every line of comment, with its line number."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, " ".join(node.value.value.split())
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def prose_of_script(source: str) -> Iterator[tuple[int, str]]:
    """Every comment in slashes, with its line number."""
    for comment in re.finditer(r"/\*(?P<block>.*?)\*/|(?:^|(?<=\s))// (?P<line>[^\n]*)", source, re.DOTALL):
        text = re.sub(r"\n\s*\*", " ", comment["block"] or comment["line"] or "")
        yield source.count("\n", 0, comment.start()) + 1, " ".join(text.lstrip("*").split())


def prose_of(path: Path) -> list[tuple[int, str]]:
    """The docstrings and comments of a file."""
    return list((prose_of_python if path.suffix == ".py" else prose_of_script)(path.read_text()))


def is_there(name: str, path: Path) -> bool:
    """Whether a file names another one by its path from the root, from a main folder, or from its own."""
    return any((folder / name).is_file() for folder in (ROOT, ROOT / "volly_browser", ROOT / "web", path.parent))


def objections(path: Path) -> list[str]:
    """Where a file says one of the words, with the words around."""
    return [
        f"{path.relative_to(ROOT)}:{line}: ...{text[max(0, found.start() - 40) : found.end() + 20]}..."
        for line, text in prose_of(path)
        for found in FOUND.finditer(text)
    ]


ALL = pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS, *STYLES], ids=lambda path: str(path.relative_to(ROOT)))


@ALL
def test_the_prose_of_the_code_is_read_once(path: Path) -> None:
    assert not objections(path), f"Please {'; '.join(WORDS)}."


@ALL
def test_the_prose_of_the_code_names_files_that_are_there(path: Path) -> None:
    names = [name for _, text in prose_of(path) for name in FILE.findall(text)]
    assert not [name for name in names if not is_there(name, path)]


def test_a_file_that_is_gone_would_be_found() -> None:
    text = "See web/view/gone.mjs, `room/timing.py`, and https://example.org/gone.md."
    assert [name for name in FILE.findall(text) if not is_there(name, Path(__file__))] == ["web/view/gone.mjs"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tell whoever asks.",
        "Somebody is writing.",
        "Those who left.",
        "A member, who is not there.",
        "Who sequences.",
        "A name that may be empty.",
        "None where it is blank.",
        "Zeros where there are none.",
    ],
)
def test_each_of_the_words_is_found(sentence: str) -> None:
    python = f'def f():\n    """{sentence}"""\n\nx = 1  # {sentence}\n'
    script = f"/** {sentence} */\nx = 1; // {sentence}\n"
    assert [line for line, text in prose_of_python(python) if FOUND.search(text)] == [2, 4]
    assert [line for line, text in prose_of_script(script) if FOUND.search(text)] == [1, 2]


@pytest.mark.parametrize(
    "sentence", ["Members who can read.", "The folder where the wheels lie.", "This can be empty."]
)
def test_other_sentences_are_not(sentence: str) -> None:
    assert not FOUND.search(sentence)
