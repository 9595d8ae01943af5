"""deserialization.json: headers of variable-length vectors."""

from tests.vectors.runners.common import Case, expect, within
from tests.vectors.runners.shapes import HEX, UINT32, Record
from volly_browser.crypto.engine import Engine
from volly_browser.mls.codec import read_varint, varint

SHAPE = Record(vlbytes_header=HEX, length=UINT32)


async def run(engine: Engine, case: Case) -> None:
    """The header says the length, and the length has this header."""
    header = bytes.fromhex(case["vlbytes_header"])
    with within("vlbytes_header"):
        expect(read_varint(header, 0, len(header)), (case["length"], len(header)), "the length, and where it ends")
    expect(varint(case["length"]), header, "vlbytes_header")
