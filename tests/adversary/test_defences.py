"""Each test of an attack fails without its defence: it is taken out of the code, and the test is run.

A defence is some text of a function; what stands here in its place does without it.  A text that is not there any more
fails as well, so that this table keeps up with the code.
"""

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import pytest

from tests.adversary import test_domains as domains
from tests.adversary import test_doors_of_newcomers as doors
from tests.adversary import test_exclusions as exclusions
from tests.adversary import test_forks as forks
from tests.adversary import test_former_members as former
from tests.adversary import test_histories as histories
from tests.adversary import test_knocks_of_strangers as knocks
from tests.adversary import test_member_lamports as lamports
from tests.adversary import test_members as members
from tests.adversary import test_old_leaves as leaves
from tests.adversary import test_questions as questions
from tests.adversary import test_receipts as receipts
from tests.adversary import test_running_groups as groups
from tests.adversary import test_servers as servers
from tests.adversary import test_welcomes as welcomes
from tests.adversary.attackers import notice
from volly_browser.chat.record import Record
from volly_browser.chat.timeline import Timeline
from volly_browser.mls import commit_processing, joining
from volly_browser.mls.errors import GroupClosed
from volly_browser.mls.group import Group
from volly_browser.room.delivery.exchange import Exchange
from volly_browser.room.delivery.lamports import LamportClock
from volly_browser.room.delivery.outbox import Outbox
from volly_browser.room.delivery.reception import Reception, _Sender
from volly_browser.room.delivery.resends import ResendBudget
from volly_browser.room.door.admission import Admission
from volly_browser.room.door.key_packages import KEY_PACKAGE_LIMIT, KeyPackages
from volly_browser.room.door.openings import Openings
from volly_browser.room.door.questions import Questions, _check_history
from volly_browser.room.events import RoomClosed
from volly_browser.room.group.branches import _Branch
from volly_browser.room.group.catch_up import CatchUp
from volly_browser.room.group.commit_rules import CommitRules
from volly_browser.room.group.hints import Hint, Hints
from volly_browser.room.group.membership import Membership
from volly_browser.room.group.refresh import Refresh
from volly_browser.room.group.settings import settings_of
from volly_browser.room.group.throttle import Throttle
from volly_browser.room.history.own_words import OwnWords
from volly_browser.room.history.recall import Recall
from volly_browser.room.history.relay import Relay
from volly_browser.room.history.verdict import Word
from volly_browser.room.identity.ranking import psk_name
from volly_browser.room.identity.roster import Roster
from volly_browser.room.presence.removals import Removals
from volly_browser.room.session.doorway import Doorway
from volly_browser.room.session.event_queue import EventQueue
from volly_browser.room.session.historian import Historian
from volly_browser.room.session.ordering import Ordering
from volly_browser.room.session.protocol import Protocol
from volly_browser.room.session.reader import Reader
from volly_browser.room.session.whereabouts import Whereabouts
from volly_browser.room.wire.frames import _read

Cut = tuple[object, str, str]
"""A function, some text of it, and what stands there instead."""

FAILURES = (AssertionError, TimeoutError, GroupClosed, RoomClosed)
"""How a test fails whose attack succeeds; the last two if a member was put out, and if its visit has ended."""


@dataclass(frozen=True)
class Defence:
    """What guards against an attack.

    Attributes:
        place: the function that has it.
        text: of it.
        instead: the text without it.
        test: of the attack.
        given: what the test is called with.
        also: other places that guard against the same; each by itself is enough.
    """

    place: object
    text: str
    instead: str
    test: Callable[..., None]
    given: tuple[Any, ...] = ()
    also: tuple[Cut, ...] = ()

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """All that is to be taken out."""
        return ((self.place, self.text, self.instead), *self.also)

    @property
    def name(self) -> str:
        """Which test, and without what."""
        given = "-".join(getattr(value, "__name__", type(value).__name__) for value in self.given)
        return f"{self.test.__name__.removeprefix('test_')}{given and f'[{given}]'} without {self.text!r}"


DEFENCES = (
    Defence(
        Word.on,
        "else Verdict.CONTRADICTED",
        "else Verdict.CONFIRMED",
        histories.test_the_words_of_those_that_are_there_cannot_be_changed,
    ),
    Defence(
        Word.on,
        "stated == message",
        "stated.message_id == message.message_id",
        histories.test_those_that_are_there_cannot_be_put_into_another_order,
    ),
    Defence(
        Word.on,
        "message.sequence > self.sent",
        "False",
        histories.test_those_that_are_there_cannot_be_made_to_have_spoken,
    ),
    Defence(
        Word.on,
        "Verdict.WITHDRAWN",
        "Verdict.UNCONFIRMED",
        histories.test_what_one_that_is_there_has_deleted_does_not_come_back,
    ),
    Defence(
        OwnWords.take,
        "content.takes_back is not None",
        "False",
        histories.test_what_one_that_is_there_has_deleted_does_not_come_back,
    ),
    Defence(
        Recall._verdict,
        "return Verdict.UNCONFIRMED",
        "return Verdict.CONFIRMED",
        histories.test_what_one_that_has_left_is_said_to_have_said_is_marked,
    ),
    Defence(
        Historian._show,
        "if judged.is_confirmed:",
        "if True:",
        histories.test_what_a_liar_made_up_is_told_on_by_nobody_else,
    ),
    Defence(
        Record.take,
        "relation.relay and not self.is_past",
        "False",
        histories.test_what_was_heard_is_not_changed_by_what_a_liar_tells_of_it,
    ),
    Defence(
        Timeline._add,
        "not record.is_past",
        "True",
        histories.test_a_liar_cannot_put_what_it_makes_up_behind_what_was_heard,
    ),
    Defence(
        Recall._add,
        "answer.texts > self._limit or related > RELATED_LIMIT or answer.cost > HISTORY_BYTES_LIMIT",
        "False",
        histories.test_one_that_tells_more_than_the_room_allows_is_not_believed_and_the_next_one_tells,
    ),
    Defence(
        Recall.got_relayed,
        "self._state is not _State.ASKING or member_id not in self._asked or member_id in self._disbelieved",
        "False",
        histories.test_what_nobody_asked_for_is_not_taken,
    ),
    Defence(
        Recall.got_statement,
        "author in self._awaited",
        "(author := next(iter(self._awaited)))",
        histories.test_nobody_else_can_state_what_an_author_has_said,
    ),
    Defence(
        Relay._take_turn,
        "or (answer, member_id) in self._served",
        "",
        histories.test_a_member_that_asks_without_end_is_answered_once,
    ),
    Defence(
        Admission.takes,
        "if group_id == self._own_group and",
        "if False and",
        forks.test_a_member_on_its_way_back_follows_no_stranger,
    ),
    Defence(
        Hints._due,
        "if now >= hint.due",
        "if hint.is_live and now >= hint.due",
        forks.test_a_split_that_a_server_keeps_from_being_asked_about_ends_when_it_stops,
        (20,),
    ),
    Defence(
        Admission._note_silence,
        "self._knocks > 0 and",
        "False and",
        doors.test_claims_of_better_groups_keep_no_newcomer_from_the_group_that_is_there,
        (lambda _: notice(),),
    ),
    Defence(
        Doorway._correct, "if is_for_us", "if False", doors.test_a_false_branch_of_the_true_group_keeps_no_newcomer_out
    ),
    Defence(
        Admission._may_correct,
        "return few and",
        "return True or",
        doors.test_a_flood_of_answers_that_nobody_gave_keeps_no_newcomer_out,
    ),
    Defence(
        Admission._full_groups,
        ">= SEEN_OF_FULL",
        ">= 0",
        doors.test_a_room_that_is_said_to_be_full_is_waited_for_no_longer_than_any_other,
    ),
    Defence(
        Admission._create_at,
        "return min(latest, ",
        "return max(latest, ",
        doors.test_connections_that_come_without_end_keep_nobody_from_beginning,
    ),
    Defence(
        Roster.departed,
        "self._departed.add(member_id)",
        "pass",
        former.test_a_former_member_that_has_said_farewell_is_asked_and_answered_in_vain,
    ),
    Defence(
        Whereabouts._proved,
        "if self._is_in_use(credential)",
        "if True",
        former.test_a_stolen_leaf_key_is_of_no_use_after_the_next_renewal,
    ),
    Defence(
        KeyPackages.read,
        "if len(message) > KEY_PACKAGE_LIMIT",
        "if False",
        knocks.test_seventy_knocks_that_are_too_long_end_no_visit,
        (KEY_PACKAGE_LIMIT + 100,),
    ),
    Defence(
        Doorway._take,
        "if is_member and await",
        "if False and await",
        knocks.test_knocks_in_the_names_of_members_put_none_of_them_out,
    ),
    Defence(
        KeyPackages.read,
        "if knock.identity != sender",
        "if False",
        knocks.test_a_knock_of_another_is_of_no_use_at_one_s_own_connection,
    ),
    Defence(
        Exchange.got,
        "if numbered.lamport > LAMPORT_LIMIT",
        "if False",
        lamports.test_all_see_one_order_however_far_a_member_counts_ahead,
    ),
    Defence(
        Exchange.got,
        "if numbered.lamport > LAMPORT_LIMIT",
        "if False",
        lamports.test_a_member_cannot_make_the_lamports_of_others_run_out,
    ),
    *(
        Defence(
            LamportClock.saw,
            "lamport = min(lamport, (self._others if is_highest else self._highest) + LAMPORT_REACH)",
            "",
            lamports.test_a_member_puts_its_own_texts_late_and_jumbles_those_of_nobody_else,
            (times,),
        )
        for times in (1, 20)
    ),
    Defence(
        LamportClock.epoch_entered,
        "if epoch < self._epoch",
        "if False",
        lamports.test_one_that_was_in_a_group_of_a_very_high_epoch_jumbles_nothing_in_another,
        (1 << 43,),
    ),
    *(
        Defence(CommitRules._check_renewals, text, instead, test, (forge,))
        for test in (
            members.test_a_commit_that_breaks_a_rule_is_not_given_out_for_a_member,
            members.test_an_order_that_breaks_a_rule_is_followed_by_nobody,
        )
        for text, instead, forge in (
            ("if new.member_id != old.member_id", "if False", members.as_another_identity),
            ("new.renewal <= old.renewal or", "", members.with_an_old_renewal),
        )
    ),
    Defence(
        CommitRules._check_psks,
        "if list(commit.psks) !=",
        "if False and list(commit.psks) !=",
        members.test_an_order_that_breaks_a_rule_is_followed_by_nobody,
        (members.without_the_invite_s_key,),
    ),
    Defence(
        CommitRules.judge,
        "if commit.extensions_changed",
        "if False",
        members.test_an_order_that_breaks_a_rule_is_followed_by_nobody,
        (members.with_extensions,),
    ),
    Defence(
        CommitRules.judge,
        "if commit.author != self.giver and",
        "if False and",
        members.test_a_commit_that_breaks_a_rule_is_not_given_out_for_a_member,
        (members.with_the_first_one_s_removal,),
    ),
    Defence(
        Reception.contradicts,
        "return sender is not None and",
        "return False and",
        members.test_two_texts_with_one_number_are_found_out,
    ),
    Defence(
        Reception.contradicts,
        "return sender is not None and",
        "return False and",
        members.test_a_text_that_is_sent_again_otherwise_is_found_out,
    ),
    Defence(
        Exchange._acknowledged,
        "highest > self._outbox.possibly_sent or",
        "",
        members.test_a_receipt_for_what_was_never_sent_is_found_out_and_delivers_nothing,
    ),
    Defence(
        Exchange.got_receipt,
        "Misbehaviour.DIFFERENT_MESSAGES, sender.member_id",
        "Misbehaviour.DIFFERENT_MESSAGES",
        members.test_a_member_that_slanders_another_is_named_beside_it,
    ),
    Defence(
        Whereabouts._accuse_of_split,
        "if giver is None",
        "if True",
        members.test_a_member_that_gives_two_orders_for_one_epoch_is_found_out,
    ),
    Defence(
        Ordering._accuse_if_twice,
        "if membership.was_ended_by_order_of",
        "if False and membership.was_ended_by_order_of",
        members.test_two_orders_that_reach_one_member_are_found_out_without_a_witness,
    ),
    Defence(
        Reception.differs,
        "have.read, have.chain",
        "have.next - 1, have.chain",
        receipts.test_different_texts_behind_a_gap_are_found_out,
        also=((_Sender.have, "self.chain.after(self.read)", "self.chain.after(following - 1)"),),
    ),
    Defence(
        Reception.differs,
        "if sender and said and",
        "if False and",
        receipts.test_one_that_counts_otherwise_for_each_is_found_out,
    ),
    Defence(
        Reception._count_from,
        "min(base, said.before + 1)",
        "base",
        receipts.test_one_that_leaves_numbers_out_for_one_member_leaves_a_gap_to_be_seen,
    ),
    Defence(
        Exchange._accuse,
        "if (member_id, what, other) not in self._accused",
        "if not any((member_id, what) == told[:2] for told in self._accused)",
        receipts.test_one_that_is_slandered_first_is_found_out_by_the_honest_witness,
    ),
    Defence(
        Outbox.possibly_sent,
        "return self._next if self._next_lamport else self.last",
        "return self.last",
        receipts.test_a_server_that_denies_a_text_that_it_has_delivered_makes_nobody_seem_to_lie,
    ),
    *(
        Defence(
            ResendBudget.take,
            "if cost > self._left",
            "if False",
            receipts.test_one_that_always_lacks_everything_is_sent_a_bounded_amount,
            given,
        )
        for given in ((300, 1000), (60, 30_000))
    ),
    Defence(_Sender.is_full, "too_many or", "False and", members.test_early_messages_take_a_bounded_memory),
    Defence(
        Exchange._time_of,
        "max(0.0, min(",
        "max(-1e99, max(",
        members.test_a_clock_that_shows_any_time_puts_no_text_into_the_future_or_before_all_time,
    ),
    Defence(
        Removals.removed,
        "self._waiting.append(",
        "tuple(",
        members.test_a_member_that_removes_others_is_shown_to_have_done_so,
    ),
    Defence(
        Questions._check,
        "if not await all_valid",
        "if False and not await all_valid",
        questions.test_an_answer_that_is_passed_on_by_a_man_in_the_middle_proves_nothing,
    ),
    Defence(
        Questions.expects,
        "return asked == answering and now < until",
        "return asked == answering",
        questions.test_an_answer_to_another_question_or_given_twice_or_late_proves_nothing,
    ),
    Defence(
        Whereabouts._proved,
        "is_met = roster.has_met(member_id)",
        "is_met = True",
        questions.test_strangers_that_answer_in_any_number_move_nobody,
        also=((_Branch.of_those, "ids & self.shared", "ids"),),
    ),
    Defence(
        Whereabouts.got_question,
        "if is_met and",
        "if",
        questions.test_a_question_of_a_stranger_gets_no_orders,
    ),
    Defence(
        _check_history,
        "if not 0 < len(history) <= HISTORY_LIMIT",
        "if False",
        questions.test_histories_of_any_length_are_refused_before_they_cost_anything,
    ),
    Defence(
        Admission._is_bound,
        "return inside.was_spoken or inside.was_chosen or",
        "return False and",
        groups.test_a_better_group_at_the_door_takes_nobody_out_of_a_running_one,
        (True,),
    ),
    Defence(
        Admission._proposal_at,
        ", self._proposed_at + self._timing.propose_again",
        ", 0.0",
        groups.test_a_person_is_not_asked_without_end_about_groups_that_are_claimed,
    ),
    Defence(
        KeyPackages._joined,
        "_require_nameable(group)",
        "pass",
        domains.test_a_welcome_into_a_group_of_any_id_ends_no_visit,
        (256, "classical"),
    ),
    Defence(
        KeyPackages._joined,
        "_require_nameable(group)",
        "pass",
        domains.test_a_welcome_into_an_epoch_that_no_group_reaches_ends_no_visit,
        (1 << 44,),
    ),
    Defence(
        Protocol._let_time_pass,
        "if membership.group.epoch > labels.EPOCH_LIMIT",
        "if False",
        domains.test_a_group_beyond_the_last_epoch_is_given_up_for_one_that_newcomers_can_enter,
    ),
    Defence(
        Protocol.got,
        "if not is_identity(sender)",
        "if False",
        domains.test_a_connection_of_any_name_ends_no_visit,
        ("\ud800",),
    ),
    Defence(
        Reader._take,
        "if identity != parcel.sender",
        "if False",
        servers.test_the_server_makes_nobody_sign_for_another_connection,
    ),
    Defence(
        Hint.is_live,
        "self.asked < QUESTIONS_LIMIT",
        "True",
        servers.test_claims_of_epochs_and_of_forks_cost_a_few_questions_and_move_nobody,
        (b"\0" + b"\xff" * 7,),
    ),
    Defence(
        Hints._of,
        "del self._hints[max(self._hints, key=self._times_asked)]",
        "return new",
        servers.test_a_flood_of_hints_from_invented_connections_keeps_no_member_from_following,
    ),
    Defence(
        CatchUp._noticed,
        "if is_member or self.knows(identity)",
        "if is_member",
        forks.test_after_a_flood_of_hints_from_strangers_a_split_heals_as_fast_as_without,
        (True,),
    ),
    Defence(
        CatchUp._noticed,
        "if is_member or self.knows(identity)",
        "if is_member",
        forks.test_after_a_flood_of_hints_from_strangers_a_split_heals_as_fast_as_without,
        (False,),
    ),
    Defence(
        Hints._due,
        "ahead if self._are_too_many else ahead[:1]",
        "ahead[:1]",
        forks.test_after_a_flood_of_hints_a_split_heals_soon_though_all_have_new_identities,
    ),
    Defence(
        Whereabouts.got_question,
        "is_member=self._catch_up.knows(said.sender)",
        "is_member=False",
        forks.test_a_flood_of_questions_from_strangers_keeps_no_split_from_healing,
    ),
    Defence(
        KeyPackages._joined,
        "if sorted(body.members) != sorted(ids)",
        "if False",
        welcomes.test_a_welcome_with_an_order_of_other_members_uses_up_no_key_package,
    ),
    Defence(
        Openings.take_turn,
        "self._spent[sender] < OPENINGS_OF_ONE",
        "len(self._spent) < 64",
        welcomes.test_bad_welcomes_of_many_senders_keep_no_newcomer_from_opening_a_member_s,
    ),
    Defence(
        _read,
        "if not frame.index < frame.count <= PARTS_LIMIT",
        "if False",
        servers.test_frames_that_say_to_be_one_of_millions_reserve_nothing,
    ),
    Defence(
        Ordering.refresh,
        " or self._refresh.attempts > CANDIDATE_ATTEMPTS",
        "",
        servers.test_the_server_cannot_keep_a_group_from_healing_by_dropping_what_goes_to_one,
        also=((Ordering.refresh, " if is_first else None", ""),),
    ),
    Defence(
        Refresh.overdue_at,
        "if self._members == 1",
        "if True",
        servers.test_a_member_whose_keys_cannot_be_renewed_is_told,
    ),
    Defence(
        EventQueue.put,
        "self._notices >= NOTICES_LIMIT or event in self._events",
        "False",
        servers.test_refusals_cannot_push_messages_out_of_the_events,
    ),
    Defence(
        Membership.unsent,
        "return self._unsent",
        "return None",
        servers.test_a_server_that_denies_what_it_has_delivered_lets_nobody_give_two_orders,
        (0.1,),
    ),
    Defence(
        Ordering.got_own,
        "if membership and",
        "if False and",
        servers.test_an_order_that_was_said_not_to_be_sent_is_followed_by_its_author_when_it_comes_back,
    ),
    Defence(
        joining.verify_group_info,
        "await _try_keys(engine, tree)",
        "pass",
        welcomes.test_a_welcome_into_a_group_with_a_key_that_is_none_ends_no_visit,
    ),
    Defence(
        KeyPackages.took,
        "while self._bundles and self._bundles.popleft()[0] is not joined.bundle",
        "while False",
        welcomes.test_a_welcome_that_was_played_again_leads_nowhere,
        ("its own",),
        also=(
            (Protocol._got_welcome, " or not self._deciders.admission.is_moving", ""),
            (Admission.takes, "if self._inside is None", "if True"),
            (
                Protocol._got_welcome,
                "if self._parts.seat.roster.has_replaced",
                "if False and self._parts.seat.roster.has_replaced",
            ),
        ),
    ),
    Defence(
        KeyPackages._open,
        "bundle, (psk,), settings",
        "bundle, settings",
        welcomes.test_claims_of_a_group_without_the_invite_s_key_lead_nowhere,
    ),
    Defence(
        KeyPackages._joined,
        "if ranking_digest(body.members) != welcomed.digest",
        "if False",
        welcomes.test_a_newcomer_is_told_no_wrong_order_of_the_members,
        (True,),
    ),
    Defence(
        Admission._hello,
        "if self._knocks >= ASIDE_AFTER and",
        "if False and",
        welcomes.test_a_member_that_lets_in_with_welcomes_that_are_no_good_keeps_nobody_out_for_long,
    ),
    Defence(
        psk_name,
        "psk_id + digest",
        "psk_id",
        welcomes.test_a_newcomer_is_told_no_wrong_order_of_the_members,
        (False,),
    ),
    Defence(
        KeyPackages._are_authentic,
        "verifications += vouching(self._suite, self._invite.room_id, package.leaf_node)",
        "pass",
        knocks.test_a_copy_of_a_newcomer_s_identity_takes_its_place_from_nobody,
        also=((settings_of, "return vouching(suite, room_id, leaf)", "return []"),),
    ),
    Defence(
        Doorway._take,
        "if is_member and await",
        "if await",
        knocks.test_what_a_knock_costs_those_that_do_not_let_in_is_no_signature,
        (pytest.MonkeyPatch(),),
    ),
    Defence(
        CommitRules._check_newcomers,
        "if entry.member_id in known or",
        "if",
        members.test_a_member_cannot_add_a_member_nor_a_newcomer_by_an_old_knock,
    ),
    Defence(
        CommitRules._check_newcomers,
        "removed.get(entry.member_id, 0)",
        "self._roster.renewal_of(entry.member_id)",
        leaves.test_one_that_comes_again_with_an_old_leaf_puts_nobody_out_who_remembers_a_newer_one,
    ),
    Defence(
        CommitRules.judge_members,
        "if len({entry.member_id for entry in entries}) < len(entries)",
        "if any(entry.renewal < self._roster.used_renewal_of(entry.member_id) for entry in entries)",
        leaves.test_one_that_has_spoken_with_a_newer_leaf_elsewhere_keeps_nobody_out_of_a_group,
    ),
    Defence(
        Roster.is_outdated,
        "return entry.renewal <=",
        "return False and entry.renewal <=",
        leaves.test_a_knock_that_led_in_before_puts_a_ghost_on_the_list_which_is_told_and_removed,
    ),
    Defence(
        Doorway._take,
        "if join.renewal <=",
        "if False and join.renewal <=",
        leaves.test_a_thief_of_an_old_leaf_s_key_is_let_in_by_nobody_who_has_heard_a_newer_one,
    ),
    Defence(
        Roster.has_replaced,
        "return entry.renewal <",
        "return False and entry.renewal <",
        leaves.test_a_thief_of_an_old_state_lets_nobody_in_who_has_heard_a_newer_leaf,
    ),
    Defence(
        Ordering._removed,
        "if identities:",
        "if False:",
        exclusions.test_a_member_that_removes_one_by_an_order_for_that_one_alone_is_shown_to_have_done_so,
    ),
    Defence(
        Ordering._removed,
        "if identities:",
        "if False:",
        exclusions.test_an_order_that_removes_one_and_that_nobody_else_can_follow_names_its_author_to_all,
    ),
    Defence(
        commit_processing._follow,
        "error.signed_by = checked.committer",
        "pass",
        exclusions.test_a_renewal_that_one_member_cannot_follow_names_its_author_to_that_one,
    ),
    Defence(
        Membership.accept,
        "require_fitting(order)",
        "pass",
        exclusions.test_a_commit_whose_order_is_too_long_to_be_sent_is_not_followed,
    ),
    Defence(
        CommitRules.judge,
        "if not (commit.added or commit.removed or commit.updated)",
        "if False",
        members.test_an_order_that_breaks_a_rule_is_followed_by_nobody,
        (members.without_effect,),
    ),
    Defence(
        CommitRules.judge,
        "if commit.authenticated_data",
        "if False",
        members.test_an_order_that_breaks_a_rule_is_followed_by_nobody,
        (members.with_data_in_the_clear,),
    ),
    Defence(
        Questions._check,
        "if not await all_valid",
        "if False and not await all_valid",
        questions.test_questions_that_are_played_again_are_answered_to_their_author_alone,
    ),
    Defence(
        Throttle.take_turn,
        "self._tokens < 1 or ",
        "",
        questions.test_a_flood_of_questions_keeps_no_member_outside_for_long,
    ),
    Defence(
        Admission._note_silence,
        "self._knocks > 0 and",
        "False and",
        doors.test_a_group_that_lets_nobody_in_keeps_two_newcomers_apart_for_a_minute_at_most,
    ),
    Defence(
        Exchange.got,
        "if numbered.lamport > LAMPORT_LIMIT",
        "if numbered.lamport > self._outbox._clock.next + (1 << 20)",
        lamports.test_a_member_that_counts_far_ahead_keeps_no_newcomer_from_reading_the_others,
        also=(
            (LamportClock.epoch_entered, "began = min(LAMPORT_STEP * epoch, LAMPORT_LIMIT // 2)", "began = 0"),
            (LamportClock.saw, "+ LAMPORT_REACH", "+ LAMPORT_LIMIT"),
        ),
    ),
    Defence(
        Membership.forget_expired,
        "self.group.forget_expired()",
        "pass",
        servers.test_keys_of_past_epochs_are_gone_in_a_quiet_room_too,
        also=((Group.process, "self.forget_expired()", "pass"),),
    ),
)


@contextmanager
def without(place: object, cuts: Iterable[Cut]) -> Iterator[None]:
    """A function runs other code for a while; callers that have it already call that, too."""
    function = place.fget if isinstance(place, property) else place
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    for _, text, instead in cuts:
        assert source.count(text) == 1, f"{function.__qualname__} has no {text!r} any more, or several"
        source = source.replace(text, instead)
    scope, before = dict[str, Any](), function.__code__
    exec(compile(source, before.co_filename, "exec", dont_inherit=True), dict(function.__globals__), scope)
    [changed] = scope.values()
    function.__code__ = (getattr(changed, "fget", None) or inspect.unwrap(changed)).__code__
    try:
        yield
    finally:
        function.__code__ = before


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name)
def test_an_attack_succeeds_without_the_defence_that_its_test_names(defence: Defence) -> None:
    with ExitStack() as weakened:
        for place in dict.fromkeys(cut[0] for cut in defence.cuts):
            weakened.enter_context(without(place, [cut for cut in defence.cuts if cut[0] is place]))
        with pytest.raises(FAILURES):
            defence.test(*defence.given)
