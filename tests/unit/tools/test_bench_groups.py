"""That what is measured in groups is what happens in groups."""

import pytest

from volly_browser.crypto.native import NativeEngine
from volly_browser.mls.events import ApplicationMessage
from volly_browser.mls.group import Group
from volly_browser.mls.key_package import KeyPackageBundle
from volly_browser.mls.suites import CLASSICAL, HYBRID, CipherSuite
from volly_browser.tools.bench.full_group import FullGroup
from volly_browser.tools.bench.group_member import PEERS_SUITE, STEPS, ScriptedMember
from volly_browser.tools.bench.group_script import make_script

ENGINE = NativeEngine()
REPEATS = 3


@pytest.mark.parametrize("suite", [HYBRID, PEERS_SUITE, CLASSICAL], ids=lambda suite: f"{suite.id:#x}")
@pytest.mark.parametrize("size", [2, 3, 9])
async def test_a_script_can_be_played_again_and_again(suite: CipherSuite, size: int) -> None:
    member = await ScriptedMember.of(await make_script(ENGINE, suite, size, REPEATS))
    for _ in range(2):
        for step in STEPS:
            times = await member.take(step, REPEATS)
            assert len(times) == REPEATS
            assert all(time > 0 for time in times)


async def test_in_a_full_tree_a_commit_encrypts_once_a_level_and_in_a_blank_one_to_all() -> None:
    full, blank = [await FullGroup.of(ENGINE, HYBRID, 16, blank=blank) for blank in (False, True)]
    full_size, blank_size = [len((await group.commit(3)).commit) for group in (full, blank)]
    public = 4 * 1216 + 1216 + 1952 + 2 * 3309  # keys above, leaf, signatures
    ciphertext = 1120 + 48 + 16
    assert public + 4 * ciphertext < full_size < (public + 4 * ciphertext) * 9 / 8  # it is padded
    assert public + 15 * ciphertext < blank_size < (public + 15 * ciphertext) * 9 / 8


async def test_members_take_turns() -> None:
    group = await FullGroup.of(ENGINE, CLASSICAL, 4)
    newcomer = await KeyPackageBundle.generate(ENGINE, CLASSICAL, b"newcomer")
    welcome = (await group.commit(2, [newcomer.key_package])).welcome
    assert welcome is not None
    joined = await Group.join(ENGINE, welcome, newcomer)
    for member in (0, 3, 0, 1):
        await joined.process((await group.commit(member)).commit)
        event = await joined.process(await group.send(member, b"hello"))
        assert isinstance(event, ApplicationMessage)
        assert (event.sender.leaf_index, event.data) == (member, b"hello")
