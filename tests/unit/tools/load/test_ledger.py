from volly_browser.tools.load.ledger import LENGTH, Ledger, Text


def read(ledger: Ledger, sender: str, *numbers: int) -> None:
    for number in numbers:
        ledger.read(sender, Text(number, 10.0), 10.5)


def test_a_text_says_its_number_and_its_time_to_the_last_bit() -> None:
    text = Text(1234, 98765.432109876543)
    assert len(str(text)) == LENGTH
    assert Text.parse(str(text)) == text


def test_a_member_that_has_read_everything_misses_nothing() -> None:
    ledger = Ledger()
    read(ledger, "alice", 1, 2, 3)
    read(ledger, "bob", 1)
    assert ledger.missing({"alice": 3, "bob": 1}) == 0
    assert ledger.repeated == 0
    assert list(ledger.latencies) == [0.5] * 4


def test_what_was_not_read_is_missing_wherever_it_is() -> None:
    ledger = Ledger()
    read(ledger, "alice", 1, 3)
    assert ledger.missing({"alice": 4, "bob": 2}) == 4


def test_what_comes_again_or_too_late_is_repeated_and_not_read() -> None:
    ledger = Ledger()
    read(ledger, "alice", 1, 1, 3, 2)
    assert ledger.repeated == 2
    assert ledger.missing({"alice": 3}) == 1
    assert len(ledger.latencies) == 2


def test_the_first_text_of_all_is_remembered() -> None:
    ledger = Ledger()
    assert ledger.first_read_at == 0.0
    ledger.read("alice", Text(7, 1.0), 2.0)
    ledger.read("bob", Text(1, 1.0), 3.0)
    assert ledger.first_read_at == 2.0
