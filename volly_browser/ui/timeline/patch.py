"""What has to be done to a list of rows so that it becomes another one: insert, set, move, remove.

| step                      | does                                                        |
|---------------------------|-------------------------------------------------------------|
| ["remove", id]            | takes a row out                                             |
| ["insert", row, after]    | puts a new row behind another one, or first if `after` is "" |
| ["move", id, after]       | likewise with a row that is there                           |
| ["set", row]              | lets a row look like this                                   |

They are done in this order, and each finds the list as the one before has left it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from volly_browser.ui.timeline.rows import Row

Step = list[object]


def difference(before: Mapping[str, Row], now: Sequence[Row]) -> list[Step]:
    """List the steps from one list to another.

    Args:
        before: the rows that are there, by their id and in their order.
        now: the rows that there are to be, each with an id of its own.
    """
    wanted = {row.row_id for row in now}
    steps: list[Step] = [["remove", row_id] for row_id in before if row_id not in wanted]
    staying = _staying({row_id: place for place, row_id in enumerate(before)}, now)
    after = ""
    for row in now:
        steps += _steps(before.get(row.row_id), row, after, stays=row.row_id in staying)
        after = row.row_id
    return steps


def _steps(before: Row | None, now: Row, after: str, *, stays: bool) -> list[Step]:
    if before is None:
        return [["insert", now.packed, after]]
    steps: list[Step] = [] if stays else [["move", now.row_id, after]]
    return steps if before == now else [*steps, ["set", now.packed]]


def _staying(places: Mapping[str, int], now: Sequence[Row]) -> set[str]:
    """Find as many rows as possible that keep their order, so that only the others have to be moved."""
    kept = [row.row_id for row in now if row.row_id in places]
    order = [places[row_id] for row_id in kept]
    if all(one < other for one, other in pairwise(order)):
        return set(kept)
    return {kept[number] for number in _longest_rise(order)}


def _longest_rise(values: Sequence[int]) -> list[int]:
    """Return the indexes of a longest rising subsequence."""
    ends: list[int] = []  # the lowest value with which a rise of each length can end, and its index
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(places[length - 1] if length else -1)
        ends[length:] = [value] if length == len(ends) else [value, *ends[length + 1 :]]
        places[length:] = [place] if length == len(places) else [place, *places[length + 1 :]]
    return _followed_back(before, places[-1] if places else -1)


def _followed_back(before: Sequence[int], place: int) -> list[int]:
    rise = []
    while place >= 0:
        rise.append(place)
        place = before[place]
    return rise
