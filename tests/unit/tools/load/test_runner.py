import pytest

from volly_browser.tools.console import SetupError
from volly_browser.tools.livekit import External
from volly_browser.tools.load import runner


@pytest.mark.parametrize("url", ["wss://livekit.example.org", "ws://10.0.0.1:7880", "ws://localhost.example.org"])
def test_no_external_server_is_put_under_load(url: str) -> None:
    with pytest.raises(SetupError, match="this machine"):
        runner._of_this_machine(External(url, "key", "secret"))


@pytest.mark.parametrize("url", ["ws://localhost:7880", "ws://127.0.0.1:7880", "ws://[::1]:7880"])
def test_a_server_of_this_machine_may_be_a_given_one(url: str) -> None:
    given = External(url, "key", "secret")
    assert runner._of_this_machine(given) is given
