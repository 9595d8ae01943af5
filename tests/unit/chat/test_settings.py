"""What is set for a room is the same for all, in whatever order it came, and nobody's word stands for another's."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.chat.contents import ALICE, BOB, CAROL, NAMES
from tests.unit.fuzzing.examples import examples
from volly_browser.chat import settings as module
from volly_browser.chat.settings import PINS_LIMIT, Change, Settings, TooManyPins
from volly_browser.room.content.content import LAMPORT_LIMIT
from volly_browser.room.content.settings import Origin, Pin, Setting, Timer, Title, Topic, Value, change_id

HERE = (ALICE, BOB, CAROL)
DAVE = f"{4:032x}"

Said = tuple[str, int, Setting]
"""The sender of a change, its lamport, and the change."""


def heard(*said: Said, here: Sequence[str] = HERE) -> Settings:
    settings = Settings()
    for sender, lamport, setting in said:
        settings.received(sender, NAMES.get(sender, "Dave"), lamport, [setting], here)
    return settings


def title(settings: Settings) -> str:
    return text_of(settings.title)


def text_of(change: Change | None) -> str:
    return change.value.text if change and isinstance(change.value, Title | Topic) else ""


def sets(text: str, *replaces: bytes) -> Setting:
    return Setting(Title(text), replaces)


def told(setter: str, lamport: int, setting: Setting) -> Setting:
    return replace(setting, origin=Origin(bytes.fromhex(setter), NAMES.get(setter, "Dave"), lamport))


def id_of(said: Said) -> bytes:
    sender, lamport, setting = said
    return change_id(bytes.fromhex(sender), lamport, setting)


def test_the_last_one_holds_in_any_order() -> None:
    said = [(ALICE, 3, sets("Alice's")), (BOB, 5, sets("Bob's")), (CAROL, 4, sets("Carol's"))]
    for order in permutations(said):
        assert title(heard(*order)) == "Bob's"


def test_of_two_at_one_place_the_same_holds_for_all() -> None:
    said = [(ALICE, 3, sets("Alice's")), (BOB, 3, sets("Bob's"))]
    assert title(heard(*said)) == title(heard(*reversed(said))) == "Bob's"


def test_one_that_claims_the_highest_place_is_replaced_by_whoever_saw_it() -> None:
    far = (BOB, LAMPORT_LIMIT, sets("for ever"))
    after = (ALICE, 9, sets("not for ever", id_of(far)))
    for order in permutations([far, after, (CAROL, 8, sets("before"))]):
        assert title(heard(*order)) == "not for ever"


def test_what_a_page_sets_names_what_it_replaces() -> None:
    settings = heard((BOB, LAMPORT_LIMIT, sets("for ever")), (CAROL, 7, sets("and Carol's")))
    change = settings.change(Title("mine"))
    assert change
    settings.received(ALICE, "Alice", 8, [change], HERE)
    assert title(settings) == "mine"


values = st.one_of(
    st.sampled_from(["", "Tea", "Coffee"]).map(Title),
    st.sampled_from(["", "a", "b"]).map(Topic),
    st.sampled_from([0, 300, 3600]).map(Timer),
    st.builds(Pin, st.sampled_from([b"m" * 32, b"n" * 32]), st.integers(0, 1)),
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Said]:
    """Changes, each of which possibly names earlier ones; lamports are whatever their senders claim."""
    said: list[Said] = []
    for number in range(draw(st.integers(1, 8))):
        known = draw(st.lists(st.sampled_from(said), max_size=3, unique_by=id_of)) if said else []
        replaces = tuple(sorted(map(id_of, known)))
        value: Value = draw(values)
        said.append((draw(st.sampled_from(HERE)), draw(st.integers(0, 5)) + number, Setting(value, replaces)))
    return said


def held(settings: Settings) -> list[object]:
    changes = [settings.title, settings.topic, settings.timer, *settings.pins]
    return [(change.change_id, change.value, change.setter) if change else None for change in changes]


@examples(300)
@given(conversations(), st.randoms(use_true_random=False))
def test_all_converge_in_whatever_order_changes_come_once_or_more(said: list[Said], random: object) -> None:
    other = [*said, *said]
    random.shuffle(other)  # type: ignore[attr-defined]
    assert held(heard(*said)) == held(heard(*other))


@examples(100)
@given(conversations())
def test_one_that_comes_later_and_is_told_by_those_that_are_there_holds_the_same(said: list[Said]) -> None:
    there = heard(*said)
    newcomer = Settings()
    for member in HERE:
        tells = there.told_by(member, HERE, is_first=member == ALICE)
        newcomer.received(member, NAMES[member], 99, tells, [*HERE, DAVE])

    def without_nothing(settings: Settings) -> list[object]:
        return [text_of(settings.title), text_of(settings.topic), settings.lifetime, {p.value for p in settings.pins}]

    assert without_nothing(newcomer) == without_nothing(there)


# By whom


def test_what_those_that_are_here_have_set_is_told_by_nobody_else() -> None:
    forged = told(BOB, 50, sets("forged"))
    settings = heard((CAROL, 60, forged))
    assert settings.title is None
    assert title(heard((BOB, 5, sets("Bob's")), (CAROL, 60, forged))) == "Bob's"


def test_what_one_that_has_left_is_said_to_have_set_is_marked_and_gives_way_to_what_is_heard() -> None:
    claim = (BOB, 60, told(DAVE, LAMPORT_LIMIT, sets("as Bob says")))
    settings = heard(claim)
    change = settings.title
    assert change
    assert (change.value, change.setter, change.by, change.is_first_hand) == (Title("as Bob says"), DAVE, BOB, False)
    for order in permutations([claim, (CAROL, 1, sets("Carol's"))]):
        assert title(heard(*order)) == "Carol's"


def test_one_that_knows_otherwise_is_told_of_a_forgery() -> None:
    settings = heard((CAROL, 5, sets("Carol's")))
    (news,) = settings.received(BOB, "Bob", 60, [told(DAVE, 50, sets("forged"))], HERE)
    assert (news.is_taken, news.teller, news.change.setter) == (False, "Bob", DAVE)
    assert title(settings) == "Carol's"


def test_what_was_heard_from_one_that_left_is_no_forgery_if_another_tells_it() -> None:
    settings = heard((DAVE, 5, sets("Dave's")))
    assert settings.received(BOB, "Bob", 60, [told(DAVE, 5, sets("Dave's"))], HERE) == []
    assert settings.title
    assert settings.title.is_first_hand


def test_who_tells_what() -> None:
    settings = heard((ALICE, 1, Setting(Topic("t"), ())), (BOB, 2, Setting(Timer(300), ())), (DAVE, 3, sets("Dave's")))
    kinds = {
        member: [type(each.value) for each in settings.told_by(member, HERE, is_first=member == ALICE)]
        for member in HERE
    }
    assert kinds == {ALICE: [Title, Topic], BOB: [Timer], CAROL: []}


def test_a_place_that_no_message_has_is_not_taken() -> None:
    assert heard((BOB, 1, told(BOB, LAMPORT_LIMIT + 1, sets("far")))).title is None


# Ours


def test_what_we_set_holds_until_it_is_sent_and_then_at_its_place() -> None:
    settings = heard((BOB, 5, sets("Bob's")))
    change = settings.change(Title(" mine\u202e "))
    assert change
    assert change.value == Title("mine")
    (news,) = settings.queued("id", ALICE, "Alice", [change])
    assert news.change.value == Title("mine")
    assert title(settings) == "mine"
    settings.received(CAROL, "Carol", 7, [sets("Carol's")], HERE)
    assert title(settings) == "mine"
    assert settings.told_by(ALICE, HERE, is_first=True) == ()
    (news,) = settings.sent("id", 6)
    assert news.change.value == Title("Carol's")
    assert settings.change(Title("Carol's")) is None
    assert Settings().change(Timer(0)) is None


def test_what_is_never_sent_does_not_hold() -> None:
    settings = Settings()
    settings.queued("id", ALICE, "Alice", [sets("mine")])
    settings.not_sent("id")
    assert settings.title is None


# Bounds


def pin(number: int, is_pinned: int = 1) -> Setting:
    return Setting(Pin(number.to_bytes(32, "big"), is_pinned), ())


def test_few_messages_are_pinned_the_last_ones() -> None:
    settings = heard(*((BOB, number, pin(number)) for number in range(PINS_LIMIT + 5)))
    assert [change.lamport for change in settings.pins] == list(range(PINS_LIMIT + 4, 4, -1))
    with pytest.raises(TooManyPins):
        settings.change(Pin(b"x" * 32, 1))
    settings.received(BOB, "Bob", 99, [pin(PINS_LIMIT + 4, 0)], HERE)
    assert len(settings.pins) == PINS_LIMIT


def test_of_very_many_messages_those_that_are_not_pinned_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PINNED_LIMIT", 10)
    settings = heard((BOB, 1, pin(1)), *((BOB, number, pin(number, 0)) for number in range(2, 50)))
    assert [change.lamport for change in settings.pins] == [1]
    assert len(settings._registers) == 10


def test_setters_and_changes_without_end_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTERS_LIMIT", 5)
    monkeypatch.setattr(module, "REPLACED_LIMIT", 7)
    said = [(f"{number:032x}", number, sets(f"{number}", bytes([number]) * 16)) for number in range(50)]
    settings = heard(*said)
    (register,) = settings._registers.values()
    assert (len(register.latest), len(register.replaced), len(register.known)) == (5, 7, 7)
    assert title(settings) == "49"


def test_what_is_set_is_cleaned_and_cut_like_names() -> None:
    settings = heard((BOB, 1, sets("a\u202e\nb" + "c" * 90)), (BOB, 2, Setting(Topic("t" * 700), ())))
    assert title(settings) == "a b" + "c" * 61
    assert text_of(settings.topic) == "t" * 200
