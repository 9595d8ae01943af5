from volly_browser.server import headers


def policy(path: str, livekit_url: str | None = None) -> dict[str, list[str]]:
    text = headers.for_path(path, livekit_url)["Content-Security-Policy"]
    return {name: values for name, *values in (directive.split() for directive in text.split("; "))}


def test_a_page_may_not_evaluate_text_or_write_html() -> None:
    found = policy("/index.html")
    assert found["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert found["require-trusted-types-for"] == ["'script'"]
    assert found["default-src"] == ["'none'"]


def test_only_the_lab_may_evaluate_text() -> None:
    assert "'unsafe-eval'" in policy("/lab.html")["script-src"]
    for path in ("/", "/client.html", "/lab.html/", "/assets/lab.html", "/x?/lab.html"):
        assert "'unsafe-eval'" not in policy(path)["script-src"]


def test_pages_reach_their_own_origin_and_livekit_alone() -> None:
    assert policy("/")["connect-src"] == ["'self'"]
    assert policy("/", "ws://127.0.0.1:7880")["connect-src"] == [
        "'self'",
        "ws://127.0.0.1:7880",
        "http://127.0.0.1:7880",
    ]


def test_a_secure_livekit_is_reached_securely_only() -> None:
    assert headers.origins("wss://livekit.example.org/rtc") == (
        "wss://livekit.example.org",
        "https://livekit.example.org",
    )


def test_nothing_may_come_from_any_scheme_or_host_at_large() -> None:
    for path in ("/", "/lab.html"):
        sources = [source for values in policy(path, "wss://livekit.example.org").values() for source in values]
        assert not {"*", "https:", "wss:", "ws:", "http:"} & set(sources)
