"""When we tell which newcomers of the past."""

import itertools

from tests.unit.room.cast import company
from tests.unit.room.history.talk import ALICE, BOB, CAROL, DAVE, NOON, Talk
from volly_browser.room.content.content import Payload
from volly_browser.room.content.history import RELAYED_BYTES_LIMIT, Inquiry, Relayed, Statement, Stretch, Stretches
from volly_browser.room.history.archive import HISTORY_BYTES_LIMIT, Archive
from volly_browser.room.history.own_words import OwnWords
from volly_browser.room.history.relay import NEWCOMERS_LIMIT, PART_PAUSE, PART_RATE, SERVED_LIMIT, Relay, Telling
from volly_browser.room.mimi import CONTENT_LIMIT, text_content
from volly_browser.room.timing import Timing

TIMING = Timing()
ABOUT_BOB = Inquiry(Stretches((Stretch(ALICE, 1, 9), Stretch(BOB, 1, 9))).encode())


class Scene:
    """Bob, who came after Alice and before Carol and Dave, and what he has heard and said."""

    def __init__(self, *, passes_on: bool = True) -> None:
        self.talk = Talk()
        self.archive = Archive(500, lambda: NOON)
        self.own_words = OwnWords(lambda: NOON)
        self.relay = Relay(self.archive, self.own_words, TIMING, passes_on=passes_on)
        self.relay.epoch_entered(company(BOB, ALICE, BOB, CAROL, DAVE), 0.0)

    def says(self, sender: bytes, text: str) -> None:
        spoken = self.talk.says(sender, text)
        self.archive.take(spoken)
        if sender == BOB:
            self.own_words.take(spoken)

    def tells(self, now: float) -> Telling | None:
        telling = self.relay.next_telling(now)
        if telling:
            self.relay.told(telling, now)
        return telling

    def tells_all(self, now: float = 10.0) -> list[tuple[float, Telling]]:
        """All that waits, with the times."""
        told = []
        while (due := self.relay.deadline()) is not None:
            now = max(now, due)
            telling = self.tells(now)
            assert telling
            told.append((now, telling))
        return told


def test_a_newcomer_is_told_what_was_said_a_moment_after_it_came() -> None:
    bob = Scene()
    bob.says(ALICE, "one")
    bob.relay.got_request(CAROL, 0.1)
    assert bob.relay.deadline() == TIMING.relay
    assert bob.tells(TIMING.relay - 0.01) is None
    bob.says(ALICE, "under way")
    telling = bob.tells(TIMING.relay)
    assert telling is not None
    assert telling.to == CAROL
    assert isinstance(telling.body, Relayed)
    assert (telling.body.to, telling.body.is_last) == (CAROL, True)
    assert [message.sequence for message in telling.body.read()] == [1, 2]
    assert bob.relay.deadline() is None


def test_one_that_has_heard_nothing_says_so_at_once() -> None:
    bob = Scene()
    bob.relay.got_request(CAROL, 1.0)
    telling = bob.tells(1.0)
    assert telling == Telling(CAROL, Relayed(CAROL, True, telling.body.messages if telling else b""))
    assert isinstance(telling.body, Relayed)
    assert telling.body.read() == ()


def test_each_newcomer_is_answered_once_in_a_visit() -> None:
    bob = Scene()
    for _ in range(2):
        bob.relay.got_request(CAROL, 1.0)
        bob.relay.got_inquiry(CAROL, ABOUT_BOB)
        assert len(bob.tells_all()) <= 2
    bob.relay.epoch_entered(company(BOB, ALICE, BOB), 20.0)
    bob.relay.epoch_entered(company(BOB, ALICE, BOB, CAROL), 21.0)
    bob.relay.got_request(CAROL, 22.0)
    bob.relay.got_inquiry(CAROL, ABOUT_BOB)
    assert bob.relay.deadline() is None


def test_one_that_was_there_before_us_is_told_nothing_nor_a_stranger() -> None:
    bob = Scene()
    for member_id in (ALICE, b"X" * 16, BOB):
        bob.relay.got_request(member_id, 1.0)
        bob.relay.got_inquiry(member_id, ABOUT_BOB)
    assert bob.relay.deadline() is None


def test_one_that_passes_nothing_on_states_what_it_said_itself() -> None:
    bob = Scene(passes_on=False)
    bob.relay.got_request(CAROL, 1.0)
    assert bob.relay.deadline() is None
    bob.relay.got_inquiry(CAROL, ABOUT_BOB)
    assert [type(telling.body) for _, telling in bob.tells_all()] == [Statement]


def test_an_author_that_is_asked_states_its_messages_and_no_other_does() -> None:
    bob = Scene()
    bob.says(BOB, "mine")
    bob.relay.got_inquiry(CAROL, Inquiry(Stretches((Stretch(ALICE, 1, 9),)).encode()))
    assert bob.relay.deadline() is None
    bob.relay.got_inquiry(DAVE, ABOUT_BOB)
    telling = bob.tells(1.0)
    assert telling is not None
    assert isinstance(telling.body, Statement)
    assert [stated.sequence for stated in telling.body.read()] == [1]


def test_one_that_goes_is_told_nothing_more() -> None:
    bob = Scene()
    bob.relay.got_request(CAROL, 1.0)
    bob.relay.got_inquiry(CAROL, ABOUT_BOB)
    bob.relay.epoch_entered(company(BOB, ALICE, BOB, DAVE), 2.0)
    assert bob.relay.deadline() is None
    for number in range(20):
        bob.says(ALICE, f"{number} " + "x" * 60_000)
    bob.relay.got_request(DAVE, 3.0)
    assert bob.tells(5.0)
    bob.relay.epoch_entered(company(BOB, ALICE, BOB), 6.0)
    assert bob.relay.deadline() is None
    bob.relay.group_left()
    assert bob.relay.deadline() is None


def test_an_answer_goes_out_in_parts_at_a_pace() -> None:
    bob = Scene()
    for number in range(100):
        bob.says(ALICE, f"{number} " + "x" * 30_000)
    bob.relay.got_request(CAROL, 1.0)
    told = bob.tells_all()
    bodies = [telling.body for _, telling in told]
    assert all(isinstance(body, Relayed) and len(body.messages) <= RELAYED_BYTES_LIMIT for body in bodies)
    assert [isinstance(body, Relayed) and body.is_last for body in bodies] == [False] * (len(bodies) - 1) + [True]
    size = sum(len(body.messages) for body in bodies)
    assert size <= HISTORY_BYTES_LIMIT
    seconds = told[-1][0] - told[0][0]
    assert seconds >= (size - RELAYED_BYTES_LIMIT) / PART_RATE
    messages = [message for body in bodies if isinstance(body, Relayed) for message in body.read()]
    assert [message.lamport for message in messages] == list(range(101 - len(messages), 101))


def test_small_answers_go_out_at_a_pace_as_well_and_slower_in_a_crowd() -> None:
    bob = Scene()
    crowd = [bytes([number]) * 16 for number in range(1, 40)]
    bob.relay.epoch_entered(company(BOB, ALICE, BOB, *crowd), 0.0)
    for member_id in crowd:
        bob.relay.got_request(member_id, 1.0)
    times = [time for time, _ in bob.tells_all()]
    assert len(times) == len(crowd)
    assert min(later - time for time, later in itertools.pairwise(times)) >= PART_PAUSE * 41 / 12 - 1e-9


def test_the_longest_message_fits_a_part() -> None:
    bob = Scene()
    longest = text_content("x" * 64_000, bytes(16), NOON)
    bob.archive.take(bob.talk.sends(ALICE, longest))
    bob.relay.got_request(CAROL, 1.0)
    [(_, telling)] = bob.tells_all()
    assert Payload.decode(Payload(2, telling.body).encode()).body == telling.body
    assert RELAYED_BYTES_LIMIT > CONTENT_LIMIT + 16 + 2 + 256 + 8 + 8 + 4 + 4


def test_few_newcomers_wait_and_the_others_ask_somebody_else() -> None:
    bob = Scene()
    crowd = [number.to_bytes(16, "big") for number in range(1, NEWCOMERS_LIMIT + 10)]
    bob.relay.epoch_entered(company(BOB, ALICE, BOB, *crowd), 0.0)
    for member_id in crowd:
        bob.relay.got_request(member_id, 1.0)
        bob.relay.got_inquiry(member_id, ABOUT_BOB)
    assert len(bob.tells_all()) == 2 * NEWCOMERS_LIMIT
    bob.relay.got_request(crowd[-1], 300.0)
    assert bob.tells_all(300.0)


def test_those_that_were_served_are_remembered_within_bounds() -> None:
    bob = Scene()
    for number in range(SERVED_LIMIT + 50):
        member_id = number.to_bytes(16, "big")
        bob.relay.epoch_entered(company(BOB, BOB, member_id), 0.0)
        bob.relay.got_request(member_id, 1.0)
        bob.tells_all()
    assert len(bob.relay._served) == SERVED_LIMIT
