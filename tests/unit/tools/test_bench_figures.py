from collections.abc import Callable, Sequence

import pytest

from volly_browser.tools.bench.figures import P95, Figure, Ratio, in_turns, quantile, ratio, share_of_limit


@pytest.mark.parametrize(
    ("samples", "share", "expected"),
    [
        ([7.0], 0.95, 7.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([4.0, 1.0, 2.0, 3.0], 0.5, 2.5),
        (list(range(101)), 0.95, 95.0),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_quantile_lies_between_its_neighbours(samples: list[float], share: float, expected: float) -> None:
    assert quantile(samples, share) == expected


def test_a_figure_sees_all_its_rounds_at_once() -> None:
    figure = Figure.of("x", "ms", [[1.0, 9.0], [2.0, 3.0, 4.0]])
    assert figure.samples == [1.0, 9.0, 2.0, 3.0, 4.0]
    assert figure.median == 3.0
    assert figure.at(P95) > 4.0


def test_a_ratio_compares_only_what_was_measured_in_the_same_round() -> None:
    """The machine was ten times as slow in the second round, for both: the ratio does not notice."""
    ours = Figure.of("ours", "ms", [[1.0, 1.0], [10.0, 10.0]])
    theirs = Figure.of("theirs", "ms", [[2.0, 2.0], [20.0, 20.0]])
    assert ratio("ours / theirs", ours, theirs).rounds == (0.5, 0.5)


def test_one_disturbed_round_does_not_move_a_ratio() -> None:
    ours = Figure.of("ours", "ms", [[1.0], [50.0], [1.0]])
    theirs = Figure.of("theirs", "ms", [[2.0], [2.0], [2.0]])
    found = ratio("ours / theirs", ours, theirs, goal=0.8)
    assert (found.median, found.met) == (0.5, True)


def test_figures_of_different_runs_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio("x", Figure.of("a", "ms", [[1.0], [1.0]]), Figure.of("b", "ms", [[1.0]]))


def test_a_ratio_can_be_taken_at_the_slow_end() -> None:
    ours, theirs = Figure.of("a", "ms", [[1.0] * 9 + [100.0]]), Figure.of("b", "ms", [[1.0] * 10])
    assert ratio("p50", ours, theirs).median == 1.0
    assert ratio("p95", ours, theirs, at=P95).median > 10


@pytest.mark.parametrize(("goal", "met"), [(None, None), (2.0, True), (1.99, False)])
def test_a_goal_is_met_at_the_goal_itself(goal: float | None, met: bool | None) -> None:
    assert Ratio("x", (1.0, 2.0, 3.0), goal).met is met


def test_a_limit_is_a_ratio_with_one_as_its_goal() -> None:
    found = share_of_limit("x / 0.3 ms", Figure.of("x", "ms", [[0.15], [0.6], [0.15]]), 0.3)
    assert (found.rounds, found.met) == ((0.5, 2.0, 0.5), True)


def test_cases_take_turns_and_each_begins_a_round_at_some_time() -> None:
    order: list[str] = []

    def case(name: str) -> Callable[[], Sequence[float]]:
        def take() -> Sequence[float]:
            order.append(name)
            return [float(len(order))]

        return take

    figures = in_turns(3, "ms", {"a": case("a"), "b": case("b")})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert figures["a"].rounds == ((1.0,), (4.0,), (5.0,))
    assert figures["b"].unit == "ms"
