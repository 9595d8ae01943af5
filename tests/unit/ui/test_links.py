import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.ui.links import Link, split_links


def links(text: str) -> list[str]:
    return [piece.address for piece in split_links(text) if isinstance(piece, Link)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.org/a?b=c#d now", ["https://example.org/a?b=c#d"]),
        ("HTTP://EXAMPLE.ORG", ["HTTP://EXAMPLE.ORG"]),
        ("(https://example.org/a_(b)).", ["https://example.org/a_(b)"]),
        ("first http://a.example, then http://b.example!", ["http://a.example", "http://b.example"]),
        ("on my machine: http://localhost:8000/x", ["http://localhost:8000/x"]),
        ("no link in ftp://example.org or javascript:alert(1) or example.org", []),
        ("https:// and https://?", []),
        ("nothing", []),
    ],
)
def test_finds_web_addresses_and_nothing_else(text: str, expected: list[str]) -> None:
    assert links(text) == expected


@pytest.mark.parametrize(
    "text", ["https://bank.example@evil.example/", "https://bank.example%2f@evil", "https://a%2eb/"]
)
def test_an_address_that_hides_its_host_stays_plain_text(text: str) -> None:
    assert list(split_links(text)) == [text]


def test_a_character_that_turns_the_text_ends_the_address() -> None:
    assert links("https://example.org/\u202egro.elpmaxe") == ["https://example.org/"]


def test_a_host_with_look_alike_letters_is_named_in_ascii() -> None:
    [link] = split_links("https://\u0430pple.example/login")  # a Cyrillic letter
    assert link == Link("https://\u0430pple.example/login", "xn--pple-43d.example")


def test_a_host_that_no_browser_would_take_is_no_link() -> None:
    assert links("https://" + 70 * "\u00e9" + ".example") == []


@given(st.text(alphabet="ahtps:/.()?!@%é \n", max_size=80) | st.text(max_size=40).map(lambda text: f"x https://{text}"))
def test_the_pieces_are_the_whole_text(text: str) -> None:
    pieces = list(split_links(text))
    assert "".join(piece if isinstance(piece, str) else piece.address for piece in pieces) == text
    assert all(piece.lower().startswith(("http://", "https://")) for piece in links(text))
