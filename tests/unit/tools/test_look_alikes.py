import subprocess
import sys
import types

import pytest

from volly_browser.room.identity import look_alikes as shipped
from volly_browser.room.identity.skeleton import skeleton
from volly_browser.tools import look_alikes
from volly_browser.tools.environment import PROJECT

LISTING = """# confusables.txt
# Version: 99.0.0
#
0430 ;\t0061 ;\tMA\t# ( a \u2192 a )
0251 ;\t0430 ;\tMA\t# a chain
006D ;\t0072 006E ;\tMA\t# ( m \u2192 rn )
FF41 ;\t0061 ;\tMA\t# what decomposition tells, too
FF3B ;\t0028 ;\tMA\t# what decomposition tells otherwise
0227 ;\t00E5 ;\tMA\t# never stands in a decomposed text
2028 ;\t0020 ;\tMA\t#* never stands in a name
0022 ;\t0027 0027 ;\tMA\t#* quotes
1F16D ;\t33C4 0009 20DD ;\tMA\t#* a tab
"""


def test_only_what_decides_is_kept() -> None:
    table = {chr(code): seen for code, seen in look_alikes.reduced(LISTING).items()}
    simple = {"\u0430": "a", "\u0251": "a", "m": "rn", '"': "''"}
    assert table == {**simple, "\uff3b": "(", "\U0001f16d": "cc\u20dd"}


def test_every_pair_of_the_list_has_one_skeleton() -> None:
    table = look_alikes.reduced(LISTING)
    for letter, seen in look_alikes.pairs(LISTING):
        assert skeleton(letter, table) == skeleton(seen, table)


def test_the_module_holds_the_table_in_ascii() -> None:
    source = look_alikes.module(LISTING)
    assert source.isascii()
    made = types.ModuleType("made")
    exec(source, made.__dict__)
    assert made.LOOK_ALIKES == "''\t\"\n(\t\uff3b\na\t\u0251\u0430\ncc\u20dd\t\U0001f16d\nrn\tm"
    assert "99.0.0" in str(made.__doc__)


def test_the_shipped_module_is_laid_out_as_this_program_writes_it() -> None:
    literals = [line.strip() for line in look_alikes.MODULE.read_text().splitlines() if line.startswith("    ")]
    assert literals == list(look_alikes.pieces(shipped.LOOK_ALIKES))


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no version"):
        look_alikes.module("hello")


def test_without_a_list_it_asks_for_it() -> None:
    program = [sys.executable, "-m", look_alikes.__name__]
    result = subprocess.run(program, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "confusables.txt" in result.stderr
