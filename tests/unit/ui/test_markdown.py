"""web/text/markdown.mjs: which tokens become of what is written, and that no input takes long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ui.scripts import Script
from volly_browser.chat.markup import content_type_of
from volly_browser.room.mimi import PLAIN_TEXT

Tokens = list[Any]

EVERY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

LENGTH = 64_000

KINDS = {
    *("p", "heading", "blockquote", "ul", "ol", "li", "pre", "hr"),
    *("em", "strong", "del", "code", "a", "spoiler"),
}


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    script = Script("text/markdown.mjs", tmp_path_factory.mktemp("markdown"))
    yield script
    script.close()


def written(tokens: Tokens) -> str:
    """Tokens as one text: what begins as `<kind particulars>`, what ends as `</kind>`."""
    parts: list[str] = []
    open_: list[str] = []
    for token in tokens:
        if token is None:
            parts.append(f"</{open_.pop()}>")
        elif isinstance(token, str):
            parts.append(token)
        else:
            open_.append(token[0])
            parts.append(f"<{' '.join(map(str, token)).rstrip()}>")
    assert not open_
    return "".join(parts)


def read(script: Script, text: str) -> str:
    return written(script.call("tokensOf", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a* _b_", "<p><em>a</em> <em>b</em></p>"),
        ("**a** __b__", "<p><strong>a</strong> <strong>b</strong></p>"),
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("~~a~~ ~b~", "<p><del>a</del> ~b~</p>"),
        ("`a *b*` `` ` ``", "<p><code>a *b*</code> <code>`</code></p>"),
        ("snake_case and 2 * 3 * 4", "<p>snake_case and 2 * 3 * 4</p>"),
        ("# A\n###### b *c*", "<heading>A</heading><heading>b <em>c</em></heading>"),
        ("#tag", "<p>#tag</p>"),
        ("a\nb\\\nc", "<p>a\nb\nc</p>"),
        ("a\n\n\nb", "<p>a</p><p>b</p>"),
        ("a\n---\nb\n===", "<p>a</p><hr></hr><p>b\n===</p>"),
        ("> a\n> b\nc", "<blockquote><p>a\nb\nc</p></blockquote>"),
        ("- a\n  b\n- c\n  - d", "<ul><li><p>a\nb</p></li><li><p>c</p><ul><li><p>d</p></li></ul></li></ul>"),
        ("1. a\n2. b", "<ol 1><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("7) a", "<ol 7><li><p>a</p></li></ol>"),
        ("```py\nx = *1*\n\n  y\n```", "<pre py>x = *1*\n\n  y</pre>"),
        ("~~~\n```\n~~~", "<pre>```</pre>"),
        ("> ```\n> a\n>  b\n> ```", "<blockquote><pre>a\n b</pre></blockquote>"),
        ("```", "<pre></pre>"),
        ("``` no end", "<pre>no end\n</pre>"),
        ("```\na", "<pre>a</pre>"),
        ("```not a language\na\n```", "<pre>not a language\na</pre>"),
        (r"\*a\* \a", r"<p>*a* \a</p>"),
        ("&lt;b&gt; &amp;lt; &nbsp; &#65;", "<p><b> &lt; &nbsp; &#65;</p>"),
        ("    four spaces stay, *too*\n      six", "<p>    four spaces stay, <em>too</em>\n      six</p>"),
    ],
)
def test_what_is_marked_is_told_apart(script: Script, text: str, expected: str) -> None:
    assert read(script, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("||a *b*||", "<p><spoiler>a <em>b</em></spoiler></p>"),
        ("**||a||**", "<p><strong><spoiler>a</spoiler></strong></p>"),
        ("a || b || c", "<p>a || b || c</p>"),
        ("||a", "<p>||a</p>"),
        ("`||a||`", "<p><code>||a||</code></p>"),
        ("||https://a.example/?b||", "<p><spoiler><a https://a.example/?b>https://a.example/?b</a></spoiler></p>"),
    ],
)
def test_spoilers(script: Script, text: str, expected: str) -> None:
    assert read(script, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<b>a</b>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- a -->",
        "<?a?>",
        "<![CDATA[a]]>",
        "a <br/> b",
        "<a href='javascript:alert(1)'>a</a>",
        "| a | b |\n|---|---|\n| c | d |",
        "[a]",
        "[a][b]",
        "[a]: b",
        "- [ ] a"[2:],
        "<user@a.example>",
    ],
)
def test_what_there_is_no_token_for_stays_text(script: Script, text: str) -> None:
    assert read(script, text) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/_b_*c", "<a https://a.example/_b_*c>https://a.example/_b_*c</a>"),
        ("**https://a.example**", "<strong><a https://a.example>https://a.example</a></strong>"),
        ("xhttps://a.example", "xhttps://a.example"),
        ("https://\u0430.example", "<a https://\u0430.example xn--80a.example>https://\u0430.example</a>"),
        ("[my *page*](https://a.example/b)", "<a https://a.example/b a.example>my <em>page</em></a>"),
        ("[a](<https://a.example/>)", "<a https://a.example/ a.example>a</a>"),
        (r"[a](https://a.example/\(b)", "<a https://a.example/(b a.example>a</a>"),
        ("[a](https://a.example:8080)", "<a https://a.example:8080 a.example:8080>a</a>"),
        ("[a](https://\u0430.example)", "<a https://\u0430.example xn--80a.example>a</a>"),
        ("[a](https://a.example 'b')", "[a](<a https://a.example>https://a.example</a> 'b')"),
        ("[a.example](https://a.example/b)", "<a https://a.example/b>a.example</a>"),
        (
            "[https://a.example/b](https://a.example/b)",
            "<a https://a.example/b><a https://a.example/b>https://a.example/b</a></a>",
        ),
    ],
)
def test_links_name_their_host(script: Script, text: str, expected: str) -> None:
    assert read(script, text) == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    "words",
    [
        "bank.example",
        "BANK.EXAMPLE",
        "www.bank.example/login",
        "your bank (bank.example)",
        "bank\uff0eexample",
        "bank\u3002example",
        "ba\u200bnk.example",
        "\u202eelpmaxe.knab",
        "me@bank",
        " ",
        "\u200b",
        "\u3164",
        "",
    ],
)
def test_words_that_hide_where_a_link_leads_stand_beside_its_address(script: Script, words: str) -> None:
    text = f"[{words}](https://evil.example)"
    expected = f"[{words}](<a https://evil.example>https://evil.example</a>)"
    assert read(script, text) == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,a",
        "//a.example",
        "/a",
        "a.example",
        "https://bank.example@evil.example/",
        "https:a.example",
        "https://",
        "mailto:a@a.example",
    ],
)
def test_addresses_that_lead_elsewhere_are_no_links(script: Script, address: str) -> None:
    assert read(script, f"[a]({address})") == f"<p>[a]({address})</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n\n- **b** `c`\n- d", "a b c d"),
        ("a ||b|| c", "a [spoiler] c"),
        ("a ||b *c* ||d|| e||", "a [spoiler]"),
        ("a ||b that was cut", "a [spoiler]"),
        ("see [this](https://a.example)", "see this"),
        ("```\na\nb\n```", "a b"),
        ("plain", "plain"),
        ("> " * 100 + "a ||b||", "> " * 100 + "a [spoiler]"),
    ],
)
def test_in_plain_text_there_are_neither_marks_nor_spoilers(script: Script, text: str, expected: str) -> None:
    assert script.call("plainText", text, "[spoiler]") == expected.strip()


# Anything

MARKS = [*"*_~`|[]()<>&#-+>!\\\n \t1.)ab", "**", "~~", "||", "```", "](", "https://a.example", "- ", "1. ", "> ", "  "]
SOMETHING = st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=60).map("".join)


@EVERY
@given(SOMETHING)
def test_all_tokens_are_known_and_none_is_left_open(script: Script, text: str) -> None:
    tokens = script.call("tokensOf", text)
    written(tokens)
    assert {token[0] for token in tokens if isinstance(token, list)} <= KINDS
    for token in tokens:
        if isinstance(token, list) and token[0] == "a":
            assert token[1].lower().startswith(("http://", "https://"))


@EVERY
@given(SOMETHING)
def test_no_letter_is_lost(script: Script, text: str) -> None:
    letters = "".join(letter for letter in text if letter.isalnum() and letter not in "1ab" and ord(letter) > 127)
    tokens = script.call("tokensOf", text)
    shown = "".join(token if isinstance(token, str) else f"{token[1:]}" for token in tokens if token)
    assert [letter for letter in letters if letter not in shown] == []


@EVERY
@given(SOMETHING)
def test_what_is_sent_as_plain_text_would_look_the_same_as_markdown(script: Script, text: str) -> None:
    text = text.strip()
    if content_type_of(text) == PLAIN_TEXT:
        tokens = script.call("tokensOf", text)
        shown = "\n".join("".join(token for token in tokens if isinstance(token, str)).split())
        assert {token[0] for token in tokens if isinstance(token, list)} <= {"p", "a"}
        assert "".join(shown.split()) == "".join(text.split())


# Mentions


def mention(text: str, words: str, *, called: str = "@Bob *", tag: str = "", is_self: bool = False) -> list[object]:
    return [text.index(words), len(words), called, tag, is_self]


def test_a_member_is_named_in_place_of_the_words_of_the_text_whatever_marks_are_in_either(script: Script) -> None:
    text = "> **hi @B_o_b** and @Al\n- `@B_o_b`"
    tokens = script.call("tokensOf", text, [mention(text, "@B_o_b"), mention(text, "@Al", called="@Alice", tag="k")])
    shown = [["blockquote"], ["p"], ["strong"], "hi ", ["mention", "@Bob *", "", False], None, None, " and "]
    assert tokens[: len(shown)] == shown
    assert ["mention", "@Alice", "k", False] in tokens
    assert tokens[-5:] == [["code"], "@B_o_b", None, None, None][-5:] or "@B_o_b" in tokens, "code is code"


def test_a_mention_that_does_not_fit_its_paragraph_or_stands_in_an_address_is_text(script: Script) -> None:
    text = "a @Bob\n\nb https://example.org/@Bob"
    far = [text.index("@"), 12, "@Bob", "", False]
    in_address = [text.rindex("@"), 4, "@Bob", "", False]
    kinds = {token[0] for token in script.call("tokensOf", text, [far, in_address]) if isinstance(token, list)}
    assert kinds == {"p", "a"}


# Bounds


@pytest.mark.parametrize(
    "text",
    [
        "> " * 40 + "a",
        "- " * 40 + "a",
        "1. " * 40 + "a",
        "*a " * 2000,
        "[a](" * 1000,
        "`a` " * 2000,
        "a" * 8001 + "*b*",
        "- a\n" * 1000,
        "\n" * 2000,
        "https://a.example " * 301,
        "[a](https://a.example) " * 301,
        "[](" * 301,
    ],
    ids=lambda text: text[:12],
)
def test_of_a_text_with_more_than_people_write_nothing_is_made(script: Script, text: str) -> None:
    assert script.call("tokensOf", text) is None
    half = text[: len(text) // 5]
    assert script.call("tokensOf", half) is not None


UNITS = [
    *("*", "**", "_", "~~", "||", "`", "[", "]", "[](", "[a](", "](", "![", "<", "&", "\\", "\\\n", "> ", ">", "- "),
    *("1. ", "# ", "```\n", "~~~\n", "a\n", "- a\n", "> a\n", "> \n", "\n", " ", "\t", "*a_ ", "**a *b ", "*a **b_ "),
    *("[a]", "[a][b]", "(", ")", "http://", "http://a/)", "http://a.b/(", "[x](http://a.b)", "||a||", "|", "<!--"),
    *("a  \n", "***", "**a**", "`a`", "``a`", "> - ", ">- 1. ", "\u0301", "h", "\n\n", "|a|b|\n|-|-|\n", "\t- ", "*\n"),
]
ENDS = ["*", "[", "`", "> ", "- ", "a", "\n", "||", "](", "http://a"]


def of(unit: str, length: int = LENGTH) -> str:
    return unit * (length // len(unit))


def in_paragraphs(unit: str) -> str:
    """As much as possible of it, in paragraphs that are just short enough."""
    return of(of(unit, 7990) + "\n\n")


def ticks() -> str:
    """Marks of code, each of another length, in which none finds its end."""
    return of("".join(f"{'`' * length}a" for length in range(1, 124)) + "\n\n")


@pytest.mark.parametrize("unit", [*UNITS, "ticks"])
def test_64_kilobytes_are_read_in_no_time(script: Script, unit: str) -> None:
    if unit == "ticks":
        texts = [ticks()]
    else:
        mixed = [text for end in ENDS for text in (of(unit + end), of(unit, LENGTH // 2) + of(end, LENGTH // 2))]
        texts = [of(unit), in_paragraphs(unit), *mixed]
    for text, (name, besides) in product(texts, [("tokensOf", []), ("plainText", "")]):
        script.call(name, text, besides)
        if script.seconds >= 0.025:  # possibly because something else was compiled or thrown away in this time
            script.call(name, text, besides)
        assert script.seconds < 0.025, text[:40]
