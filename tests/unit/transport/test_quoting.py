import pytest

from volly_browser.transport.quoting import LIMIT, quoted


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Too many requests.", " Too many requests."),
        ("one\ntwo\t\u00a0three", " one two three"),
        ("left\u202eright\u200b!", " left right !"),
        ("", ""),
        (" \n", ""),
        (None, ""),
        (7, ""),
        (["a"], ""),
        ("<!doctype html><h1>502 Bad Gateway</h1>", ""),
        ("could not connect: <html>", ""),
        ("invalid token: eyJhbGciOi.eyJzdWIi.abc-_, error: expired", " invalid token: …, error: expired"),
        ("x" * 10_000_000, f" {'x' * LIMIT}…"),
    ],
)
def test_what_others_say_is_quoted_in_one_short_line(said: object, shown: str) -> None:
    assert quoted(said) == shown
