import subprocess
import sys
import time
from encodings import punycode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volly_browser.ui.links import _CODED_LIMIT, Link, split_links

PROJECT = Path(__file__).resolve().parents[3]


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
        ("https://example.org.", ["https://example.org"]),
        ("https://. https://.. https://.example https://a..example", []),
        ("https://[ https://[] https://a,b/ https://a:port/", []),
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
    assert links("https://" + 70 * "\u00e9." + "example") == []
    assert links("https://" + 7 * "\u00e9." + "example") != []


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
def test_a_host_that_is_not_ascii_is_named_as_browsers_ask_for_it(address: str, real_host: str) -> None:
    assert list(split_links(address)) == [Link(address, real_host)]


@pytest.mark.parametrize("letter", "\u2100\u2024\ufe47\ufe56\u2488\u24b6.")
def test_a_letter_that_stands_for_more_of_the_address_does_not_end_the_host_unseen(letter: str) -> None:
    found = [piece for piece in split_links(f"https://bank{letter}x.example/") if isinstance(piece, Link)]
    assert all(link.real_host in ("", "banka.example", "bankax.example") for link in found)


@given(st.text(alphabet="ahtps:/.()?!@%é \n", max_size=80) | st.text(max_size=40).map(lambda text: f"x https://{text}"))
def test_the_pieces_are_the_whole_text(text: str) -> None:
    pieces = list(split_links(text))
    assert "".join(piece if isinstance(piece, str) else piece.address for piece in pieces) == text
    assert all(piece.lower().startswith(("http://", "https://")) for piece in links(text))


ANYTHING = st.text(alphabet=st.characters(exclude_categories=[]), max_size=30)


@given(
    st.lists(ANYTHING | st.sampled_from(["http://", "HTTPS://", ".", "://", "|", ")", "[", "xn--", "%", "@", ":80"]))
)
def test_no_text_whatever_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    for tried in (text, f"https://{text}", f"https://{text}.example/"):
        split = list(split_links(tried))
        assert "".join(piece if isinstance(piece, str) else piece.address for piece in split) == tried


def test_a_host_is_named_without_the_codecs_that_the_page_does_not_have() -> None:
    address = "http://\u0430\u0440\u0440\u04cf\u0435.com"
    program = f"""if True:
        import sys
        sys.modules.update(dict.fromkeys(["encodings.idna", "stringprep"]))  # importing these fails from now on
        from volly_browser.ui.links import split_links
        [link] = split_links({address!a})
        print(link.real_host)
    """
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert answer.stdout.strip() == "xn--80ak6aa92e.com"


def test_of_very_many_addresses_only_the_first_become_links() -> None:
    assert len(links("http://a.example " * 1500)) == 1000


def test_the_letters_that_are_coded_are_few_in_any_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """M: 300 hosts of 62 Chinese letters, none like another, would keep a page busy for a second."""
    coded: list[str] = []
    encode = punycode.punycode_encode
    monkeypatch.setattr(punycode, "punycode_encode", lambda label: (coded.append(label), encode(label))[1])
    hosts = ("".join(chr(0x4E00 + (7 * at + 331 * host) % 20_000) for at in range(62)) for host in range(300))
    assert links(" ".join(f"http://{host}" for host in hosts)) == []
    assert 0 < sum(map(len, coded)) <= _CODED_LIMIT
    assert len(links("http://b\u00fccher.example " * 100)) == 100


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
UNITS += ["http://a.b|", "http://a.b\u3092", "https://\u0430.", "http://a.b/]) "]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "http://a.example/", "http://\u0430"])
def test_64_kilobytes_are_searched_in_no_time(unit: str, start: str) -> None:
    text = start + unit * (64_000 // len(unit))

    def seconds() -> float:
        begun = time.process_time()
        list(split_links(text))
        return time.process_time() - begun

    assert min(seconds() for _ in range(3)) < 0.25
