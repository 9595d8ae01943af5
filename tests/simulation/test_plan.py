from collections import Counter

import pytest

from tests.simulation.acts import Act, Come, Crash, Go, Say, Split
from tests.simulation.options import HAZARDS, Options
from tests.simulation.plan import FAIR, STEADY, make_plan

LONG = Options(7, members=6, minutes=3.0)
ORDINARY = {Come, Go, Say}


def kinds(options: Options) -> Counter[type[Act]]:
    return Counter(type(act) for act in make_plan(options).acts)


def test_a_plan_is_a_function_of_the_options() -> None:
    assert make_plan(LONG) == make_plan(LONG)
    assert make_plan(LONG) != make_plan(Options(8, members=6, minutes=3.0))


def test_acts_have_an_order_and_only_arrivals_come_when_the_network_has_healed() -> None:
    acts = make_plan(LONG).acts
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert {type(act) for act in acts if act.at >= LONG.seconds} == {Come}


def test_some_are_there_at_the_end_whatever_happens() -> None:
    for seed in range(20):
        last = [act for act in make_plan(Options(seed, members=4, minutes=0.5)).acts if act.at >= 30.0]
        stay = {person for person in range(STEADY) if not any(act.person == person for act in last)}
        left = {act.person for act in make_plan(Options(seed, members=4, minutes=0.5)).acts if isinstance(act, Go)}
        assert not stay & left


def test_texts_are_like_no_other() -> None:
    texts = [act.text for act in make_plan(LONG).acts if isinstance(act, Say)]
    assert len(texts) > 100
    assert len(set(texts)) == len(texts)


def test_without_hazards_people_come_and_go_and_talk_in_fair_weather() -> None:
    plan = make_plan(Options(7, members=6, minutes=3.0, hazards=()))
    assert {type(act) for act in plan.acts} == ORDINARY
    assert (plan.weather.loss, plan.weather.duplication) == (0.0, 0.0)
    assert (plan.weather.delay, plan.weather.ordered) == (FAIR.delay, True)


@pytest.mark.parametrize("hazard", HAZARDS)
def test_each_hazard_alone_changes_something_and_nothing_that_people_do(hazard: str) -> None:
    calm = [make_plan(Options(seed, members=6, minutes=3.0, hazards=())) for seed in range(5)]
    rough = [make_plan(Options(seed, members=6, minutes=3.0, hazards=(hazard,))) for seed in range(5)]
    assert calm != rough or hazard == "skew"
    for calm_plan, rough_plan in zip(calm, rough, strict=True):
        assert [act for act in rough_plan.acts if type(act) in {Go, Say}] == [
            act for act in calm_plan.acts if type(act) in {Go, Say}
        ]


def test_what_is_given_in_numbers_is_not_drawn() -> None:
    options = Options(7, members=6, minutes=3.0, loss=0.17, partitions=5, crashes=4)
    assert make_plan(options).weather.loss == 0.17
    assert kinds(options)[Split] == 5
    assert kinds(options)[Crash] == 4
