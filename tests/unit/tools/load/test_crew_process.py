"""Processes with crews; nobody in them connects to anything."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from volly_browser.room.invite import Invite
from volly_browser.tools.load import crew_process, crews
from volly_browser.tools.load.crew import Crew
from volly_browser.tools.load.crew_process import CrewFailed
from volly_browser.tools.load.crews import Crews


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crews]:
    monkeypatch.setattr(crews, "CREW_SIZE", 2)
    with Crews("http://localhost:9/token", Invite.create().fragment, 3) as running:
        yield running


def test_every_crew_does_what_it_is_told_and_a_process_that_ends_is_noticed(two: Crews) -> None:
    assert len(two) == 2
    assert two.shares([4, 5, 6], lambda number: number) == [[4, 6], [5]]
    assert two.all(Crew.groups) == [[], []]
    accounts = two.all(Crew.account)
    assert all(account.cpu > 0.0 and not account.traffic for account in accounts)
    with pytest.raises(CrewFailed, match="ended"):
        two.one(1, Crew.leave, 1)  # a member that is not there
    with pytest.raises(CrewFailed, match="ended"):
        two.all(Crew.groups)


def test_a_process_that_does_not_answer_is_given_up_but_not_before_its_order_can_be_done(
    two: Crews, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.all(Crew.groups)  # both have started
    monkeypatch.setattr(crew_process, "ANSWER_LIMIT", 0.25)
    sleeper = multiprocessing.active_children()[0]
    assert sleeper.pid
    os.kill(sleeper.pid, signal.SIGSTOP)
    waking_up = threading.Timer(0.5, os.kill, (sleeper.pid, signal.SIGCONT))
    waking_up.start()
    assert two.each(Crew.enter, [[], []], takes=60.0) == [[], []]
    waking_up.join()
    os.kill(sleeper.pid, signal.SIGSTOP)
    with pytest.raises(CrewFailed, match="did not answer"):
        two.all(Crew.groups)
