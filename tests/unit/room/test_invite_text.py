"""Where invites are looked for in a text, and where not any more; what is found is in `test_invite`."""

import pytest

from tests.unit.room import invites
from volly_browser.room.invite_text import _MARKERS_LIMIT, _TEXT_LIMIT, candidates, readings


@pytest.mark.parametrize(("decoys", "is_found"), [(_MARKERS_LIMIT - 1, True), (_MARKERS_LIMIT, False)])
def test_an_invite_is_found_behind_few_things_that_look_like_one(decoys: int, is_found: bool) -> None:
    found = list(candidates(readings("v1. " * decoys + invites.GOOD)))
    assert (invites.GOOD[3:] in found) is is_found


@pytest.mark.parametrize(("length", "is_found"), [(_TEXT_LIMIT - 3, True), (_TEXT_LIMIT - 2, False)])
def test_an_invite_is_found_if_it_begins_early_enough(length: int, is_found: bool) -> None:
    assert bool(readings(" " * length + invites.GOOD)) is is_found


def test_each_candidate_is_tried_once() -> None:
    assert list(candidates(readings(f"{invites.GOOD} {invites.GOOD}"))) == [invites.GOOD[3:]]
