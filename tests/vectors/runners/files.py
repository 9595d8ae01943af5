"""Files of vectors, as they are published: what kind each is, found by its content or its name, and its cases."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from tests.vectors.runners import kinds
from tests.vectors.runners.common import VECTORS, Case
from tests.vectors.runners.kinds import Kind
from volly_browser.errors import LocalError

GZIP_MAGIC = b"\x1f\x8b"
GZIP = 31
"""Tells zlib that a gzip header is there; the module gzip is not in the page."""

LARGEST = 1 << 28
"""Bytes of a file, unpacked; the largest that is published has 2.7 MB."""

KEY_LENGTHS = (800, 1184, 1568)
"""Bytes of the encapsulation keys of ML-KEM-512, -768 and -1024."""


class NotVectors(LocalError):
    """The file is of no kind that there is a runner for, or is not well-formed; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Vector:
    """One case of a file, and what it is called there."""

    label: str
    kind: Kind
    case: Case


def own(path: str) -> list[Vector]:
    """The cases of a file of this folder."""
    return parse(path, (VECTORS / path).read_bytes())


def parse(name: str, content: bytes) -> list[Vector]:
    """The cases of a file with this name.

    Raises:
        NotVectors: it holds none.
    """
    text = _text(content)
    start = text.lstrip()[:1]
    vectors = _from_json(name, text) if start in ("{", "[") else _from_lines(text)
    if not vectors:
        raise NotVectors("It has no cases.")
    return vectors


def _text(content: bytes) -> str:
    if content.startswith(GZIP_MAGIC):
        unpacking = zlib.decompressobj(GZIP)
        try:
            content = unpacking.decompress(content, LARGEST)
        except zlib.error as error:
            raise NotVectors("It is compressed, but damaged.") from error
        if unpacking.unconsumed_tail:
            raise NotVectors(f"It has more than {LARGEST >> 20} MiB.")
        if not unpacking.eof:
            raise NotVectors("It is compressed, but cut off.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise NotVectors("It is not a text.") from error


def _from_json(name: str, text: str) -> list[Vector]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotVectors(f"It is not well-formed JSON: {error}.") from error
    if isinstance(document, dict):
        return list(_of_wycheproof(document))
    for number, case in enumerate(document):
        if not isinstance(case, dict):
            raise NotVectors(f"Case {number} is not an object.")
    kind = _recognise(name, document)
    return [Vector(f"case {number}", kind, case) for number, case in enumerate(document)]


def _recognise(name: str, cases: Sequence[Case]) -> Kind:
    """The kind whose fields a case has, else the one that the file is named after, else the most similar."""
    fitting = [kind for kind in kinds.LISTS if any(kind.shape.fields.keys() <= case.keys() for case in cases)]
    stem = PurePath(name).name
    named = [kind for kind in kinds.LISTS if stem.startswith(kind.name)]
    present = {field for case in cases for field in case}
    similar = [kind for kind in kinds.LISTS if 2 * len(present & kind.shape.fields.keys()) > len(kind.shape.fields)]
    for candidates in (fitting, named, similar):
        if candidates:
            return max(candidates, key=lambda kind: len(present & kind.shape.fields.keys()))
    raise NotVectors("It has cases of no known kind.")


def _of_wycheproof(document: dict[str, Any]) -> Iterator[Vector]:
    groups, algorithm = document.get("testGroups"), document.get("algorithm")
    if not isinstance(groups, list) or not isinstance(algorithm, str):
        raise NotVectors("It is a JSON object, but not a file of Wycheproof (algorithm, testGroups).")
    count = 0
    for number, group in enumerate(groups):
        if not isinstance(group, dict) or not isinstance(group.get("tests"), list):
            raise NotVectors(f"Group {number} has no list of tests.")
        kind = _kind_of_group(group, algorithm, document.get("schema"))
        shared = {"algorithm": algorithm, **{name: value for name, value in group.items() if name != "tests"}}
        for test in group["tests"]:
            if not isinstance(test, dict):
                raise NotVectors(f"Group {number} has a test that is not an object.")
            count += 1
            yield Vector(f"tcId {test.get('tcId', f'missing, test {count}')}", kind, {**shared, **test})
    if document.get("numberOfTests", count) != count:
        raise NotVectors(f"It says that it has {document['numberOfTests']} tests, but has {count}.")


def _kind_of_group(group: dict[str, Any], algorithm: str, schema: object) -> Kind:
    name = group.get("type")
    if name is None and schema == "mlkem_encaps_test_schema.json":  # the one schema that may leave it out
        name = "MLKEMEncapsTest"
    kind = kinds.WYCHEPROOF.get(name) if isinstance(name, str) else None
    if kind is None:
        raise NotVectors(f"It tests {algorithm} ({name or 'without a type'}), for which there is no runner.")
    return kind


def _from_lines(text: str) -> list[Vector]:
    """CCTV: a line `name = value` for each field of one case, or encapsulation keys of one length, a line each."""
    lines = text.split("\n")
    lines = [line.strip() for line in lines if line.strip()]
    if lines and all(" = " in line for line in lines):
        return [Vector("case 0", kinds.STRCMP, dict(line.split(" = ", 1) for line in lines))]
    if lines and all(len(line) in {2 * length for length in KEY_LENGTHS} for line in lines):
        return [Vector(f"line {number}", kinds.UNREDUCED, {"ek": line}) for number, line in enumerate(lines, 1)]
    raise NotVectors("It is neither JSON nor one of the formats of CCTV.")
