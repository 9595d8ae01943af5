"""What the scripts take from a store: the sizes and costs that are written, and little more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.ui.scripts import Script
from volly_browser.chat.kept import KEPT_BYTES_LIMIT
from volly_browser.chat.shelf import SHELF_MESSAGES_LIMIT

WRITTEN = {"name": "scrypt", "N": 65536, "r": 8, "p": 2}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    script = Script("devices/forms.mjs", Path(tmp_path_factory.mktemp("forms")))
    yield script
    script.close()


def test_what_is_larger_than_all_that_is_written_is_not_opened(forms: Script) -> None:
    for can_be, most in (("canBeRecord", KEPT_BYTES_LIMIT), ("canBeIndex", 8 * SHELF_MESSAGES_LIMIT)):
        for content in (0, 1, 252, 253, most):
            assert forms.call(can_be, forms.call("sealedLength", content))
        assert not forms.call(can_be, forms.call("sealedLength", most) + 1)
        assert not forms.call(can_be, 0)


def test_sizes_are_padded(forms: Script) -> None:
    assert {forms.call("sealedLength", content) for content in range(253)} == {12 + 256 + 16}


def test_a_cost_that_was_altered_is_not_paid(forms: Script) -> None:
    assert forms.call("isCost", WRITTEN)
    altered: list[dict[str, object]] = [
        *(
            {"N": number}
            for number in (0, 1, -2, 65535, 1 << 15, 1 << 17, 1 << 20, 1 << 40, 1.5, "65536", None, [65536])
        ),
        *({"r": number} for number in (0, 1 << 20, None)),
        *({"p": number} for number in (0, 1 << 20, "2")),
        {"N": 1 << 19, "p": 1},  # cheap in time, and half a gigabyte
        {"N": 2, "r": 1, "p": 2097152},  # as cheap as it can be, without a pause
        {"name": "pbkdf2"},
    ]
    for change in altered:
        assert not forms.call("isCost", WRITTEN | change), change
