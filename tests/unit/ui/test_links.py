"""web/text/links.mjs: which texts lead where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ui.scripts import Script

Pieces = list[str | dict[str, str]]

EVERY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    script = Script("text/links.mjs", tmp_path_factory.mktemp("links"))
    yield script
    script.close()


def split(script: Script, text: str) -> Pieces:
    pieces: Pieces = script.call("splitLinks", text)
    return pieces


def links(script: Script, text: str) -> list[str]:
    return [piece["address"] for piece in split(script, text) if isinstance(piece, dict)]


def whole(pieces: Pieces) -> str:
    return "".join(piece if isinstance(piece, str) else piece["address"] for piece in pieces)


def link(address: str, real_host: str = "") -> dict[str, str]:
    return {"address": address, "realHost": real_host}


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
        ("見https://example.org/a。次", ["https://example.org/a"]),
        ("「https://example.org」と", ["https://example.org"]),
        ("（https://example.org/a）", ["https://example.org/a"]),  # noqa: RUF001
        ("https://example.org/a，https://example.org/b！", ["https://example.org/a", "https://example.org/b"]),  # noqa: RUF001
        ("https://example.orgを見てhttps://example.net:8080を", ["https://example.org", "https://example.net:8080"]),
        ("https://ja.example/wiki/日本へ", ["https://ja.example/wiki/日本へ"]),
        ("“https://example.org/a”, «https://example.org/b»", ["https://example.org/a", "https://example.org/b"]),
        ("اقرأ https://example.org/a، ثم", ["https://example.org/a"]),
        ("https://example.org/?a=1|2|3", ["https://example.org/?a=1|2|3"]),
        ("| https://example.org/a|b | https://example.org/?a|", ["https://example.org/a", "https://example.org/?a"]),
        ("[https://example.org/a](https://example.org/b)", ["https://example.org/a", "https://example.org/b"]),
        (
            "((https://example.org/a)) and [https://example.org/[b]]",
            ["https://example.org/a", "https://example.org/[b]"],
        ),
        ("http://[2001:db8::1]:8080/a and http://192.0.2.1/", ["http://[2001:db8::1]:8080/a", "http://192.0.2.1/"]),
        (
            "https://example.org/a\u200bb https://example.org/c\u3164d",
            ["https://example.org/a", "https://example.org/c"],
        ),
        ("https://example.org/a\0b", ["https://example.org/a"]),
        ("**https://example.org** ~~https://example.org/a~~", ["https://example.org", "https://example.org/a"]),
        ("https://example.org.", ["https://example.org"]),
        ("https://. https://.. https://.example https://a..example", []),
        ("https://[ https://[] https://a,b/ https://a:port/", []),
    ],
)
def test_finds_web_addresses_and_nothing_else(script: Script, text: str, expected: list[str]) -> None:
    assert links(script, text) == expected


@pytest.mark.parametrize(
    "text", ["https://bank.example@evil.example/", "https://bank.example%2f@evil", "https://a%2eb/"]
)
def test_an_address_that_hides_its_host_stays_plain_text(script: Script, text: str) -> None:
    assert split(script, text) == [text]


def test_a_character_that_turns_the_text_ends_the_address(script: Script) -> None:
    assert links(script, "https://example.org/\u202egro.elpmaxe") == ["https://example.org/"]


def test_a_host_with_look_alike_letters_is_named_in_ascii(script: Script) -> None:
    address = "https://\u0430pple.example/login"  # a Cyrillic letter
    assert split(script, address) == [link(address, "xn--pple-43d.example")]


@pytest.mark.parametrize(
    ("address", "real_host"),
    [
        ("https://0x7f.1/", "127.0.0.1"),
        ("https://2130706433/", "127.0.0.1"),
        ("https://192.0.2.1/", ""),
        ("https://EXAMPLE.org./", ""),
    ],
)
def test_a_host_that_is_written_as_no_one_reads_it_is_named(script: Script, address: str, real_host: str) -> None:
    assert split(script, address) == [link(address, real_host)]


def test_a_host_that_no_browser_would_take_is_no_link(script: Script) -> None:
    assert links(script, "https://" + 70 * "\u00e9" + ".example") == []
    assert links(script, "https://" + 130 * "\u00e9." + "example") == []
    assert links(script, "https://xn--a/") == []
    assert links(script, "https://" + 7 * "\u00e9." + "example") != []


@pytest.mark.parametrize(
    ("address", "real_host"),
    [
        ("http://\u0430\u0440\u0440\u04cf\u0435.com", "xn--80ak6aa92e.com"),
        ("https://www.b\u00fccher.example/a", "www.xn--bcher-kva.example"),
        ("https://stra\u00dfe.example", "xn--strae-oqa.example"),
        ("https://B\u00dcCHER.example", "xn--bcher-kva.example"),
        ("https://\u65e5\u672c.example:8080/", "xn--wgv71a.example"),
        ("https://\u24d6\u24de\u24de\u24d6\u24db\u24d4.example", "google.example"),
        ("https://example.verm\u00f6gensberater", "example.xn--vermgensberater-ctb"),
        ("https://\u2603.example./", "xn--n3h.example"),
    ],
)
def test_a_host_that_is_not_ascii_is_named_as_browsers_ask_for_it(script: Script, address: str, real_host: str) -> None:
    assert split(script, address) == [link(address, real_host)]


@pytest.mark.parametrize("letter", "\u2100\u2024\ufe47\ufe56\u2488\u24b6.")
def test_a_letter_that_stands_for_more_of_the_address_does_not_end_the_host_unseen(script: Script, letter: str) -> None:
    found = [piece for piece in split(script, f"https://bank{letter}x.example/") if isinstance(piece, dict)]
    assert all(link["realHost"] in ("", "banka.example", "bankax.example") for link in found)


@EVERY
@given(st.text(alphabet="ahtps:/.()?!@%é \n", max_size=80) | st.text(max_size=40).map(lambda text: f"x https://{text}"))
def test_the_pieces_are_the_whole_text(script: Script, text: str) -> None:
    pieces = split(script, text)
    assert whole(pieces) == text
    assert all(address.lower().startswith(("http://", "https://")) for address in links(script, text))


ANYTHING = st.text(alphabet=st.characters(exclude_categories=[]), max_size=30)


def in_utf_16(text: str) -> bytes:
    """As scripts hold it: two halves of a letter that stand together are that letter."""
    return text.encode("utf-16-le", "surrogatepass")


@EVERY
@given(
    st.lists(ANYTHING | st.sampled_from(["http://", "HTTPS://", ".", "://", "|", ")", "[", "xn--", "%", "@", ":80"]))
)
def test_no_text_whatever_raises(script: Script, pieces: list[str]) -> None:
    text = "".join(pieces)
    for tried in (text, f"https://{text}", f"https://{text}.example/"):
        assert in_utf_16(whole(split(script, tried))) == in_utf_16(tried)


def test_of_very_many_addresses_only_the_first_become_links(script: Script) -> None:
    assert len(links(script, "http://a.example " * 1500)) == 300


def test_an_address_ends_if_it_is_longer_than_any(script: Script) -> None:
    assert len(links(script, f"http://a.example/{'x' * 9000}")[0]) == len("http://a.example/") + 2500


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://example.org:8080/a", "example.org:8080"),
        ("https://\u0430pple.example", "xn--pple-43d.example"),
        ("https://example.org/a.", ""),
        ("https://bank.example@evil.example/", ""),
        ("https://example.org/a b", ""),
        ("javascript:alert(1)", ""),
        ("//example.org", ""),
        ("", ""),
    ],
)
def test_a_whole_address_names_its_host(script: Script, address: str, host: str) -> None:
    assert script.call("hostToShow", address) == host


UNITS = [
    "[",
    "(",
    ")",
    "]",
    "h",
    ":",
    "\u0430",
    "http://",
    "http://[",
    "http://a",
    "http://a)",
    "http://a/(",
    "http://a?|",
]
UNITS += [
    f"http://a.b/{'.' * 2400}x ",
    "http://a/)",
    "http://a.b|",
    "http://a.b\u3092",
    "https://\u0430.",
    "http://a.b/]) ",
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "http://a.example/", "http://\u0430"])
def test_64_kilobytes_are_searched_in_no_time(script: Script, unit: str, start: str) -> None:
    text = start + unit * (64_000 // len(unit))

    def seconds() -> float:
        split(script, text)
        return script.seconds

    assert min(seconds() for _ in range(3)) < 0.05
