"""Tests that cannot pass in the page's Python, and why."""

LEFT_OUT = {
    "tests/unit/bridge/test_dataclass_code.py::test_what_is_listed_is_taken_from_the_list": "wants Python 3.11's code",
    "tests/unit/bridge/test_dataclass_code.py::test_without_a_list_nothing_changes": "a page has the list",
    "tests/unit/crypto/test_hpke.py": "compares with pyca/cryptography",
    "tests/unit/crypto/test_recipes.py::test_two_people_share_a_secret_and_a_message": "names CPython's engine",
    "tests/unit/ui/test_facade.py::test_an_error_that_nobody_expected_is_shown_on_the_console_too": "as above",
    "tests/unit/transport/test_livekit_native.py": "is of LiveKit's SDK for CPython",
    "tests/unit/transport/test_posting_native.py": "is of aiohttp, for CPython",
    "tests/unit/ui/test_invite_script.py": "starts Node",
    "tests/unit/ui/test_name_scripts.py": "starts Node",
    "tests/unit/ui/test_links.py": "starts Node",
    "tests/unit/ui/device/test_forms.py": "starts Node",
    "tests/unit/ui/people/test_full_names.py": "is of terminals as well",
    "tests/unit/ui/test_markdown.py": "starts Node",
    "tests/unit/ui/test_highlighting.py": "starts Node",
    "tests/unit/crypto/test_program_script.py": "starts Node",
    "tests/unit/crypto/test_signing_keys_script.py": "starts Node",
    "tests/unit/room/history/test_history.py::test_such_a_room_does_not_load_what_tells_newcomers": "starts Python",
}
"""By the path of a file, or the name of a test."""
