"""What is set for a room is the same for all, in whatever order it came, and nobody's word stands for another's."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.bounds import at_most_seconds
from tests.unit.chat.contents import ALICE, BOB, CAROL, NAMES
from tests.unit.fuzzing.examples import examples
from volly_browser.chat import settings as module
from volly_browser.chat.settings import PINS_LIMIT, VERSIONS, News, Settings, TooManyPins
from volly_browser.room.content.settings import (
    SETTINGS_LIMIT,
    Origin,
    Pin,
    Setting,
    Timer,
    Title,
    Topic,
    Value,
    settings_part,
)
from volly_browser.room.mimi import CONTENT_LIMIT

HERE = (ALICE, BOB, CAROL)
DAVE, ERIN = f"{4:032x}", f"{5:032x}"
TOP = (1 << 64) - 1
"""The highest version that can be written."""

Said = tuple[str, Setting]
"""The sender of a change, and the change."""


def hears(settings: Settings, sender: str, *said: Setting, here: Sequence[str] = HERE) -> list[News]:
    return settings.received(sender, NAMES.get(sender, "Dave"), said, here)


def heard(*said: Said, here: Sequence[str] = HERE, epoch: int = 0) -> Settings:
    settings = Settings()
    settings.epoch_is(epoch)
    for sender, setting in said:
        hears(settings, sender, setting, here=here)
    return settings


def sets(text: str, version: int = 1) -> Setting:
    return Setting(Title(text), version)


def told(setter: str, setting: Setting) -> Setting:
    return replace(setting, origin=Origin(bytes.fromhex(setter), NAMES.get(setter, "Dave")))


def pin(number: int, is_pinned: int = 1, version: int = 1) -> Setting:
    return Setting(Pin(number.to_bytes(32, "big"), is_pinned), version)


def pinned(settings: Settings) -> list[int]:
    return [int(module.key_of(change.value), 16) for change in settings.pins]


def chosen(settings: Settings, value: Value) -> Setting:
    change = settings.change(value)
    assert change
    return change


def newcomer(there: Settings, here: Sequence[str] = HERE, tellers: Iterable[str] = HERE, epoch: int = 0) -> Settings:
    """What one knows that has come and was told."""
    settings = Settings()
    settings.epoch_is(epoch)
    for member in tellers:
        tells = there.told_by(member, here, is_first=member == here[0])
        hears(settings, member, *tells, here=[*here, ERIN])
    return settings


# What holds


def test_the_last_one_holds_in_any_order() -> None:
    said = [(ALICE, sets("Alice's", 3)), (BOB, sets("Bob's", 5)), (CAROL, sets("Carol's", 4))]
    for order in permutations(said):
        assert heard(*order).title_text == "Bob's"


def test_of_two_at_one_place_the_same_holds_for_all() -> None:
    said = [(ALICE, sets("Alice's")), (BOB, sets("Bob's")), (BOB, sets("and what Bob says to others"))]
    assert len({heard(*order).title_text for order in permutations(said)}) == 1


def test_what_a_page_sets_stands_behind_all_that_it_knows() -> None:
    settings = heard((BOB, sets("Bob's", 7)), (CAROL, sets("Carol's", 9)))
    change = chosen(settings, Title("mine"))
    assert change.version == 10
    hears(settings, ALICE, change)
    assert settings.title_text == "mine"


values = st.one_of(
    st.sampled_from(["", "Tea", "Coffee"]).map(Title),
    st.sampled_from(["", "a", "b"]).map(Topic),
    st.sampled_from([0, 300, 3600]).map(Timer),
    st.builds(Pin, st.sampled_from([b"m" * 32, b"n" * 32]), st.integers(0, 1)),
)
versions = st.one_of(st.integers(0, 5), st.sampled_from([VERSIONS - 1, VERSIONS, TOP]))
conversations = st.lists(st.tuples(st.sampled_from(HERE), st.builds(Setting, values, versions)), max_size=8)
"""Changes whose versions are whatever their senders claim."""


def held(settings: Settings) -> list[object]:
    return [settings.title, settings.topic, settings.timer, *settings.pins]


@examples(300)
@given(conversations, st.randoms(use_true_random=False))
def test_all_converge_in_whatever_order_changes_come_once_or_more(said: list[Said], random: object) -> None:
    other = [*said, *said]
    random.shuffle(other)  # type: ignore[attr-defined]
    assert held(heard(*said)) == held(heard(*other))


@examples(200)
@given(conversations, conversations)
def test_one_that_comes_later_and_is_told_by_those_that_are_there_holds_the_same(
    said: list[Said], after: list[Said]
) -> None:
    there = heard(*said)
    came = newcomer(there)
    assert [held(came), came.title_text] == [held(there), there.title_text]
    for sender, setting in after:
        hears(there, sender, setting)
        hears(came, sender, setting)
    assert held(came) == held(there)


def test_one_that_was_told_only_the_last_change_is_not_led_back_to_an_earlier_one() -> None:
    """The one that made the earlier one tells it again, with the highest version there is."""
    there = heard((CAROL, sets("for ever", TOP)))
    for member in (ALICE, BOB):
        hears(there, member, chosen(there, Title(f"{member}'s")))
    came = newcomer(there)
    for settings in (there, came):
        hears(settings, CAROL, told(CAROL, sets("for ever", TOP)))
    assert came.title_text == there.title_text == f"{BOB}'s"


def test_what_one_that_has_left_has_set_is_replaced_by_one_that_was_told_of_it() -> None:
    there, here = heard((CAROL, sets("for ever", TOP)), epoch=3), (ALICE, BOB)
    came = newcomer(there, here, here, epoch=4)
    assert came.title
    assert (came.title_text, came.title.by) == ("for ever", ALICE)
    change = chosen(came, Title("not for ever"))
    for settings in (there, came):
        settings.epoch_is(4)
        hears(settings, ERIN, change, here=(*here, ERIN))
        assert settings.title_text == "not for ever"


def test_a_version_beyond_the_epoch_counts_as_its_first() -> None:
    far, fair = (BOB, sets("for ever", TOP)), (ALICE, sets("fair", 5 * VERSIONS + 1))
    for order in permutations([far, fair]):
        assert heard(*order, epoch=5).title_text == "fair"


def test_one_that_claims_the_last_place_is_replaced_in_the_next_epoch_by_any() -> None:
    far = (BOB, sets("for ever", 6 * VERSIONS - 1))
    assert heard(far, (ALICE, sets("fair", 5 * VERSIONS + 1)), epoch=5).title_text == "for ever"
    nothing_known = heard(epoch=6)
    after = (ALICE, chosen(nothing_known, Title("not for ever")))
    for order in permutations([far, after]):
        assert heard(*order, epoch=6).title_text == "not for ever"


def test_members_that_have_read_a_false_version_in_different_epochs_agree_on_the_next_change() -> None:
    far = (BOB, sets("for ever", TOP))
    one, other = heard(far, epoch=5), heard(far, epoch=6)
    one.epoch_is(6)
    change = chosen(one, Title("not for ever"))
    for settings in (one, other):
        hears(settings, ALICE, change)
        assert settings.title_text == "not for ever"


@pytest.mark.parametrize("epoch", [0, 1 << 39, TOP])
def test_a_change_of_any_epoch_can_be_written(epoch: int) -> None:
    settings = heard((BOB, sets("for ever", TOP)), epoch=epoch)
    change = chosen(settings, Title("mine"))
    assert Setting.decode(change.encode()) == change
    hears(settings, ALICE, change)
    assert settings.title_text == "mine"


def test_in_another_group_what_is_set_there_replaces_what_was_set_before() -> None:
    settings = heard((ALICE, sets("old", 90 * VERSIONS)), (BOB, told(DAVE, pin(1))), epoch=90)
    settings.begin_stretch()
    settings.epoch_is(2)
    assert (settings.title_text, pinned(settings)) == ("old", [1])
    hears(settings, ALICE, sets("new", 2 * VERSIONS + 1))
    assert settings.title_text == "new"


# By whom


def test_what_those_that_are_here_have_set_is_told_by_nobody_else() -> None:
    forged = (CAROL, told(BOB, sets("forged", 50)))
    assert heard(forged).title is None
    assert heard((BOB, sets("Bob's", 5)), forged).title_text == "Bob's"


def test_what_one_that_has_left_is_said_to_have_set_is_marked_and_gives_way_to_what_is_heard() -> None:
    claim = (BOB, told(DAVE, sets("as Bob says", 60)))
    change = heard(claim).title
    assert change
    assert (change.value, change.setter, change.by, change.is_first_hand) == (Title("as Bob says"), DAVE, BOB, False)
    for order in permutations([claim, (CAROL, sets("Carol's"))]):
        assert heard(*order).title_text == "Carol's"


def test_what_another_has_told_is_told_on_by_nobody() -> None:
    settings = heard((BOB, told(DAVE, sets("a lie"))), (BOB, told(DAVE, pin(1))))
    assert (settings.title_text, pinned(settings)) == ("a lie", [1])
    assert settings.told_by(ALICE, (ALICE, CAROL), is_first=True) == ()


def test_one_that_knows_otherwise_is_told_of_a_forgery_once_for_each_kind_and_teller() -> None:
    settings = heard((CAROL, sets("Carol's", 5)))
    lies = [told(f"{number:032x}", sets(f"forged {number}", number)) for number in range(100, 164)]
    (news,) = hears(settings, BOB, *lies)
    assert (news.is_taken, news.change.teller, news.change.setter) == (False, "Bob", f"{100:032x}")
    assert settings.title_text == "Carol's"
    assert hears(settings, BOB, *lies) == []
    assert len(hears(settings, ALICE, *lies)) == 1


def test_what_was_heard_from_one_that_left_is_no_forgery_if_another_tells_it() -> None:
    settings = heard((DAVE, sets("Dave's", 5)))
    assert hears(settings, BOB, told(DAVE, sets("Dave's", 5))) == []
    hears(settings, CAROL, sets("Carol's", 6))
    assert hears(settings, BOB, told(DAVE, sets("Dave's", 5))) == [], "it was on its way"
    assert settings.title_text == "Carol's"


def test_who_tells_what() -> None:
    settings = heard((ALICE, Setting(Topic("t"), 1)), (BOB, Setting(Timer(300), 1)), (DAVE, sets("Dave's")))
    kinds = {
        member: [type(each.value) for each in settings.told_by(member, HERE, is_first=member == ALICE)]
        for member in HERE
    }
    assert kinds == {ALICE: [Topic, Title], BOB: [Timer], CAROL: []}


@pytest.mark.parametrize("is_pinned", [0, 1])
def test_very_many_pins_take_the_place_of_nothing_else_that_newcomers_are_told(is_pinned: int) -> None:
    others = [(BOB, Setting(Timer(300), 1)), (DAVE, sets("Dave's")), (ALICE, pin(1)), (ALICE, pin(2, 0))]
    flood = [(CAROL, pin(number, is_pinned, VERSIONS - 1)) for number in range(100, 164)]
    settings = heard(*others, *flood)
    here = (ALICE, ERIN)
    tells = settings.told_by(ALICE, here, is_first=True)
    assert len(tells) <= SETTINGS_LIMIT
    assert {each.value for each in tells} >= {Timer(300), Title("Dave's"), pin(1).value}
    came = newcomer(settings, here, [ALICE])
    assert (came.lifetime, came.title_text) == (300, "Dave's")


def test_all_that_newcomers_are_told_fits_a_message() -> None:
    name = "\U0001f468\u200d\U0001f469" * 23
    settings = Settings()
    settings.received(DAVE, name, [Setting(Topic("\u00e4" * 200), 1), *map(pin, range(63))], HERE)
    settings.received(ERIN, name, [pin(number, 0) for number in range(100, 164)], HERE)
    tells = settings.told_by(ALICE, HERE, is_first=True)
    assert len(tells) == 1 + PINS_LIMIT + SETTINGS_LIMIT - 1 - PINS_LIMIT
    assert len(settings_part(tells).content) < CONTENT_LIMIT


def test_one_that_comes_later_is_told_what_is_pinned_no_more() -> None:
    there = heard((BOB, pin(1)), (ALICE, pin(1, 0, 2)))
    came = newcomer(there)
    hears(came, BOB, told(BOB, pin(1)))
    assert came.pins == ()


# Ours


def test_what_we_set_holds_until_it_is_sent_and_then_at_its_place() -> None:
    settings = heard((BOB, sets("Bob's", 5)))
    change = chosen(settings, Title(" mine\u202e "))
    assert change == sets("mine", 6)
    (news,) = settings.queued("id", ALICE, "Alice", [change])
    assert news.change.value == Title("mine")
    hears(settings, CAROL, sets("Carol's", 7))
    assert settings.title_text == "mine"
    assert settings.told_by(ALICE, HERE, is_first=True) == ()
    (news,) = settings.sent("id")
    assert news.change.value == Title("Carol's")
    assert settings.change(Title("Carol's")) is None
    assert Settings().change(Timer(0)) is None


def test_of_two_that_wait_to_be_sent_the_later_one_is_the_last_for_all() -> None:
    settings, texts = Settings(), ["c", "b", "a"]
    said = [chosen(settings, Title("d"))]
    settings.queued("0", ALICE, "Alice", said)
    for number, text in enumerate(texts):
        said.append(chosen(settings, Title(text)))
        settings.queued(f"{number + 1}", ALICE, "Alice", said[-1:])
        settings.sent(f"{number}")
        assert settings.title_text == text
        for order in permutations(said):
            assert heard(*((ALICE, each) for each in order)).title_text == text


def test_no_timer_is_none() -> None:
    assert heard((BOB, Setting(Timer(0), 1))).lifetime is Settings().lifetime is None
    assert heard((BOB, Setting(Timer(300), 1))).lifetime == 300


# News


def test_a_message_makes_one_line_of_each_kind() -> None:
    settings = Settings()
    said = [sets(f"{number}", number) for number in range(20)]
    said += [pin(number) for number in range(30)] + [pin(5, 0, 2), Setting(Timer(300), 1)]
    news = hears(settings, BOB, *said)
    assert [(type(each.change.value), each.others) for each in news] == [(Title, 0), (Pin, 28), (Timer, 0)]
    (news_of_pins,) = hears(settings, BOB, *(pin(number, 0, 3) for number in range(3)))
    assert news_of_pins.others == 2


def test_what_changes_nothing_is_no_revision() -> None:
    settings = heard((BOB, sets("Bob's", 5)), (BOB, pin(1)))
    revision = settings.revision
    hears(settings, BOB, sets("Bob's", 5), sets("earlier", 4), pin(1), told(DAVE, sets("a lie", 9)))
    assert settings.revision == revision
    hears(settings, CAROL, sets("Bob's", 6))
    assert settings.revision == revision + 1, "it is set by another"


# Bounds


def test_few_messages_are_pinned_the_last_ones() -> None:
    settings = heard(*((BOB, pin(number, version=number)) for number in range(1, PINS_LIMIT + 6)))
    assert pinned(settings) == list(range(PINS_LIMIT + 5, 5, -1))
    assert settings.is_pinned(f"{6:064x}")
    assert not settings.is_pinned(f"{5:064x}")
    with pytest.raises(TooManyPins):
        settings.change(Pin(b"x" * 32, 1))
    hears(settings, BOB, pin(PINS_LIMIT + 5, 0, 99))
    assert len(settings.pins) == PINS_LIMIT


def test_of_very_many_messages_those_are_forgotten_that_are_not_pinned_and_of_each_member_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PINNED_LIMIT", 10)
    said = [
        (ALICE, pin(1)),
        *((BOB, pin(number, 0, number)) for number in range(2, 50)),
        (BOB, pin(60)),
        (CAROL, pin(61)),
    ]
    lies = [(BOB, told(f"{number:032x}", pin(number, 1, 99))) for number in range(100, 150)]
    flood = [(BOB, pin(number, 1, number)) for number in range(200, 250)]
    for order in (said + lies, lies + said[::-1], said + flood, flood + said[::-1]):
        settings = heard(*order)
        assert len(settings._messages) == 10
        assert {1, 61} <= {int(key, 16) for key in settings._messages}


def test_what_is_forgotten_is_shown_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PINNED_LIMIT", 10)
    settings = heard(*((BOB, pin(number, 1, 50)) for number in range(10)))
    hears(settings, CAROL, pin(20), pin(21))
    assert sorted(pinned(settings)) == [2, 3, 4, 5, 6, 7, 8, 9, 20, 21]
    assert not settings.is_pinned(f"{0:064x}")


def test_a_message_takes_little_time_whatever_was_set_before() -> None:
    settings = Settings()
    for number in range(20):
        hears(settings, f"{number + 100:032x}", *(pin(64 * number + each, 1, number) for each in range(64)))
    with at_most_seconds(1):
        for number in range(20):
            hears(settings, BOB, *(pin(10_000 + 64 * number + each, 1, 100 + number) for each in range(64)))
            assert settings.pins


def test_what_is_set_is_cleaned_and_cut_like_names() -> None:
    settings = heard((BOB, sets("a\u202e\nb" + "c" * 90)), (BOB, Setting(Topic("t" * 700), 2)))
    assert settings.title_text == "a b" + "c" * 61
    assert settings.topic_text == "t" * 200
