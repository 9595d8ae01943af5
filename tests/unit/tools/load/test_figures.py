from volly_browser.tools.bench.figures import Figure
from volly_browser.tools.load import figures
from volly_browser.tools.load.crew import Account
from volly_browser.tools.load.meter import Traffic
from volly_browser.tools.load.usage import Look, Usage


def look(at: float, server: float | None, *crews: tuple[float, list[Traffic]], machine: float = 0.0) -> Look:
    return Look(at, [Account(cpu, tuple(traffic)) for cpu, traffic in crews], server, machine)


def medians(found: list[Figure]) -> dict[str, float]:
    return {figure.name: figure.median for figure in found}


BEFORE = (1.0, [Traffic(), Traffic(1, 10, 1, 100)])
AFTER = (3.0, [Traffic(5, 50, 0, 0), Traffic(11, 110, 1, 100)])


def test_what_was_used_is_shared_by_the_members_of_each_process() -> None:
    usage = Usage.between(look(100.0, 5.0, BEFORE, machine=50.0), look(130.0, 8.0, AFTER, machine=65.0))
    assert usage.seconds == 30.0
    assert usage.member_cpu == [1.0]
    assert usage.server_cpu == 3.0
    assert usage.other_cpu == 10.0
    assert usage.traffic == [Traffic(5, 50, 0, 0), Traffic(10, 100, 0, 0)]


def test_usage_is_told_by_the_minute() -> None:
    usage = Usage.between(look(0.0, 5.0, BEFORE), look(30.0, 8.0, AFTER, machine=6.0))
    assert medians(figures.using("talking", usage)) == {
        "talking: frames sent by a member": 15.0,
        "talking: bytes sent by a member": 150.0,
        "talking: frames received by a member": 0.0,
        "talking: bytes received by a member": 0.0,
        "talking: CPU of a member": 2.0,
        "talking: CPU of the LiveKit server": 6.0,
        "talking: CPU of anything else here": 2.0,
    }


def test_a_server_that_is_no_process_of_ours_has_no_figure() -> None:
    usage = Usage.between(look(0.0, None, BEFORE), look(30.0, None, AFTER))
    assert not [name for name in medians(figures.using("silent", usage)) if "LiveKit" in name]


def test_of_very_many_latencies_some_are_kept() -> None:
    figure = figures.latency([number / 1000 for number in range(4 * figures.SAMPLES)])
    assert len(figure.samples) == figures.SAMPLES
    assert 0.98 < figure.median / (2 * figures.SAMPLES) < 1.02


def test_a_page_that_was_never_busy_has_stretches_of_nothing() -> None:
    assert figures.stretches("silent", []).median == 0.0
