from volly_browser.room.delivery.chains import CHAINS_LIMIT, START, Chain, next_chain


def through(*contents: bytes) -> tuple[Chain, list[bytes]]:
    """A chain that has read these messages, and its value after each."""
    chain, after = Chain(), [START]
    for sequence, content in enumerate(contents, start=1):
        after.append(next_chain(after[-1], sequence, sequence, content))
        assert chain.took(sequence, after[-2], after[-1])
    return chain, after


def test_a_chain_depends_on_every_message_before_and_on_its_numbers() -> None:
    values = {next_chain(START, 1, 1, b"a"), next_chain(START, 1, 1, b"b")}
    values |= {next_chain(START, 2, 1, b"a"), next_chain(START, 1, 2, b"a")}
    values |= {next_chain(next_chain(START, 1, 1, text), 2, 2, b"c") for text in (b"a", b"b")}
    assert len(values) == 6


def test_a_member_that_has_read_the_same_agrees() -> None:
    chain, after = through(b"one", b"two")
    assert after[1:] == [next_chain(START, 1, 1, b"one"), next_chain(after[1], 2, 2, b"two")]
    assert all(chain.agrees(sequence, value) for sequence, value in enumerate(after))
    assert not chain.agrees(2, after[1])


def test_a_message_whose_sender_tells_of_another_past_is_noticed() -> None:
    chain, after = through(b"one")
    assert not chain.took(2, next_chain(START, 1, 1, b"another one"), b"after two.......")
    assert Chain().took(2, after[1], b"after two......."), "a newcomer cannot know"


def test_after_a_gap_a_chain_goes_on_with_what_its_sender_says_was_in_the_gap() -> None:
    chain, _ = through(b"one")
    assert chain.took(3, b"after two.......", b"after three.....")
    assert chain.after(2) == b"after two......."
    assert not chain.agrees(2, b"something else..")
    assert chain.took(5, START, b"after five......")
    assert chain.agrees(4, b"anything at all."), "zeros say nothing"


def test_what_was_not_read_contradicts_nothing() -> None:
    chain, _ = through(b"one")
    assert chain.after(7) == START
    assert chain.agrees(7, b"anything at all.")
    assert chain.agrees(1, START), "the other has not read it"


def test_old_values_are_forgotten_and_contradict_nothing_any_more() -> None:
    chain, after = through(*(bytes([number % 256]) for number in range(CHAINS_LIMIT + 10)))
    assert chain.agrees(10, b"something else..")
    assert not chain.agrees(11, b"something else..")
    assert chain.after(CHAINS_LIMIT + 10) == after[-1]
