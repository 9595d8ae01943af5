"""The rules for commits in a room, in addition to those of MLS (RFC 9420, section 12.2); applied before any change.

| a commit                          | may                                                                      |
|-----------------------------------|--------------------------------------------------------------------------|
| of the member that gives it out   | renew its own leaf, remove members, add newcomers                        |
| of another member                 | renew its own leaf                                                       |
| of any                            | never change a member's identity, nor the group's extensions             |
| of any                            | add only identities that are not there, up to the room's limit           |
| of any                            | never be without effect, nor carry data in the clear                     |
| of any                            | and has the invite's pre-shared key mixed in, for the order that follows |

All that the rules ask is known to every member of the epoch alike, so that all take a commit, or none.  What one member
remembers of other groups, and another does not, decides whom it adds itself (`session.doorway`), and what it tells its
user (`Roster.is_outdated`); never what it follows.
"""

from volly_browser.errors import RemoteError
from volly_browser.mls.events import Member
from volly_browser.mls.judgement import CommitSummary
from volly_browser.mls.suites import CipherSuite
from volly_browser.room import labels
from volly_browser.room.identity.ranking import psk_name, ranking_after, ranking_digest
from volly_browser.room.identity.roster import Roster, RosterEntry


class CommitRefused(RemoteError):
    """A member's commit breaks a rule of the room."""


class CommitRules:
    """Judges the commits of others.

    Args:
        suite: of the room.
        psk_id: of the invite's pre-shared key.
        roster: knows the order of the members.

    Attributes:
        giver: the leaf of the member that gives out the next commit to judge.
    """

    def __init__(self, suite: CipherSuite, psk_id: bytes, roster: Roster) -> None:
        self.giver: int | None = None
        self._suite = suite
        self._psk_id = psk_id
        self._roster = roster

    def judge(self, commit: CommitSummary) -> None:
        """Raise CommitRefused or CredentialError if a commit breaks a rule."""
        if commit.author is None:
            raise CommitRefused("A commit comes from outside the group.")
        if commit.extensions_changed:
            raise CommitRefused("A commit changes the extensions of the group.")
        if commit.authenticated_data:
            raise CommitRefused("A commit carries data that belongs to no commit.")
        if not (commit.added or commit.removed or commit.updated):
            raise CommitRefused("A commit neither adds nor removes a member, nor renews keys.")
        if commit.author != self.giver and (commit.added or commit.removed):
            raise CommitRefused("A commit adds or removes members, and its author does not give it out.")
        self._check_renewals(commit)
        self._check_newcomers(commit)
        self._check_psks(commit)

    def judge_members(self, members: tuple[Member, ...]) -> None:
        """Raise CommitRefused or CredentialError if these cannot be the members of a room."""
        entries = [RosterEntry.of(self._suite, member) for member in members]
        if len({entry.member_id for entry in entries}) < len(entries):
            raise CommitRefused("A group has a member twice.")

    def _check_psks(self, commit: CommitSummary) -> None:
        """A member that was told another ranking than ours must not be in the next epoch with us."""
        if list(commit.psks) != [psk_name(self._psk_id, ranking_digest(self._ranking_after(commit)))]:
            raise CommitRefused("A commit has another pre-shared key than the invite's for this order of members.")

    def _ranking_after(self, commit: CommitSummary) -> tuple[bytes, ...]:
        removed = {self._read(member).member_id for member in commit.members if member.leaf_index in commit.removed}
        added = [self._read(Member.at(0, leaf)).member_id for leaf in commit.added]
        return ranking_after(self._roster.ranking, removed, added)

    def _check_renewals(self, commit: CommitSummary) -> None:
        for before, leaf in commit.updated:
            old, new = self._read(before), self._read(Member.at(before.leaf_index, leaf))
            if before.leaf_index != commit.author:
                raise CommitRefused("A commit updates the leaf of another member.")
            if new.member_id != old.member_id:
                raise CommitRefused("A commit changes who its author is.")
            if new.renewal <= old.renewal or new.leaf_key == old.leaf_key:
                raise CommitRefused("A commit renews a leaf with a key that is not new.")

    def _check_newcomers(self, commit: CommitSummary) -> None:
        entries = [self._read(member) for member in commit.members]
        known = {entry.member_id for entry in entries if entry.leaf_index not in commit.removed}
        removed = {entry.member_id: entry.renewal for entry in entries if entry.leaf_index in commit.removed}
        for leaf in commit.added:
            entry = self._read(Member.at(0, leaf))
            if entry.member_id in known or entry.renewal <= removed.get(entry.member_id, 0):
                raise CommitRefused("A commit adds a member that is there, or puts an old leaf in a newer one's place.")
            known.add(entry.member_id)
        if len(known) > labels.ROOM_LIMIT:
            raise CommitRefused(f"A commit adds more than {labels.ROOM_LIMIT} people to a room.")

    def _read(self, member: Member) -> RosterEntry:
        return RosterEntry.of(self._suite, member)
