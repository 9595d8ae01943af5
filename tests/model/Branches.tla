------------------------------- MODULE Branches -------------------------------
(* How a group that has split becomes one again while somebody forges: a model of volly_browser/room.

Sequencer.tla has newcomers, several groups, and those that leave.  Here there is one group, whose members all know each
other.  Those that do not hear each other remove each other, so that an epoch gets two commits, and the group two
branches.  Then they ask each other, and the signed answers of the members of the last epoch that both sides went through
weigh the branches; the lighter one gives way, and knocks.

All the while there is a forger: the server, holders of the invite, and former members that have said farewell, all in
one.  It has no key of a member, and the smallest id of all, since that one decides ties.  It may
  - claim anything without a signature, in the name of anybody: Hint;
  - answer for itself, and say that it is anywhere: Claim;
  - hold back answers, and play again what was ever said, also across the cut: Withhold, Replay, Deliver;
  - make orders that it cannot sign: Invent;
  - answer a knock with a Welcome into a group of its own that has the same id: Lure.  In there it is a member.

What holds, as far as the .cfg files go: nobody follows two commits of one epoch; nobody is led to where no member was; no
two give way to each other while they remember an epoch in common; and all come together in one epoch, and then rest.

An identity that is asked in vain is asked rarely then, and never given up: so the configurations let more questions be
asked than answers be held back.  After some knocks in vain a stranger's Welcome into our own group is taken after all;
here honest members always answer before that.

What is left out, besides what the head of Sequencer.tla names:
  - Former members that said no farewell, whose word counts as a member's; stolen keys.
  - Races: what is on its way arrives before anybody asks or the cut heals, and questions to several are one step.
  - The clock by which proofs expire: here they last while what they prove is so, and a while longer. *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  Members,          \* numbers from 1; the smaller one is the smaller member id
  Sides,            \* the sets of members that are possibly cut off from the others at first
  Early,            \* whether the cut possibly heals before each side has removed the other
  Crashes, Hastes, Forgeries, Lures,       \* how often each hazard may strike
  Questions,        \* to one identity that may be in vain
  Most              \* epochs that a group ever has, knocks of a member, and questions of it beyond those that it has to ask

VARIABLES
  m,                \* for each member, what it knows; see Founder
  orders,           \* the epochs that were begun by orders
  lost,             \* <<order, member>>: it will not get there unless it is sent again
  answers,          \* all that were ever signed
  side,             \* the members on one side of the cut; empty if there is none
  forging,          \* whether the forger is still there
  hazards           \* how often each may strike yet
vars == <<m, orders, lost, answers, side, forging, hazards>>

Forger == 0
Ids == Members \union {Forger}
Min(S) == CHOOSE x \in S : \A y \in S : x <= y
Range(s) == {s[i] : i \in 1..Len(s)}
RECURSIVE InOrder(_)
InOrder(S) == IF S = {} THEN <<>> ELSE <<Min(S)>> \o InOrder(S \ {Min(S)})

-----------------------------------------------------------------------------
(* An epoch is the way to it, the commits since the group began: membership.py, roster.py, commits.py *)

Upto(epoch, n) == SubSeq(epoch, 1, n)
Front(epoch) == Upto(epoch, Len(epoch) - 1)
Last(epoch) == epoch[Len(epoch)]
Whose(joins) == {join.who : join \in joins}
Commit(by, out, in) == [by |-> by, out |-> out, in |-> in]
Nowhere == <<Commit(-1, {}, {})>>

RECURSIVE Ranking(_)               \* the order in which the members came
Ranking(epoch) ==
  IF epoch = <<>> THEN InOrder(Members) ELSE
  LET new == Whose(Last(epoch).in)
      stayed == SelectSeq(Ranking(Front(epoch)), LAMBDA p : p \notin Last(epoch).out \union new) IN
  stayed \o InOrder(new)
MembersOf(epoch) == Range(Ranking(epoch))

\* A history is an epoch, and the number of the first one that is remembered.
HasPassed(r, epoch) == r.at # Nowhere /\ Len(epoch) \in r.first..Len(r.at) /\ Upto(r.at, Len(epoch)) = epoch
LastShared(r, s) ==
  LET common == {n \in 0..Len(s.at) : n >= s.first /\ HasPassed(r, Upto(s.at, n))} IN
  IF common = {} THEN {} ELSE MembersOf(Upto(s.at, CHOOSE n \in common : \A k \in common : k <= n))
IsWith(r, s) == HasPassed(r, s.at) \/ HasPassed(s, r.at)

-----------------------------------------------------------------------------
(* What a member knows: seat.py, inside.py, roster.py *)

Founder == [
  life |-> "here",                                  \* or "gone"
  at |-> <<>>, first |-> 0,                         \* its epoch, and the first one that it remembers
  followed |-> {},                                  \* the epochs that it entered by a commit
  knocked |-> 0, opened |-> 0, target |-> Nowhere,  \* its knocks, the one that it got in with; where it knocked last
  joins |-> {}, passed |-> {},                      \* who has knocked, was passed over
  met |-> Members,                                  \* with whom it ever was
  proofs |-> {},                                    \* what was proved to it
  open |-> {}, asked |-> 0,                         \* questions without an answer; how many it ever asked in vain
  hints |-> {}, vain |-> [q \in Ids |-> 0],         \* by whom it seems to be elsewhere; questions to each in vain
  doubts |-> FALSE]                                 \* whether it commits nothing, since a member seems to be elsewhere

Here(p) == m[p].life = "here"
Follows(p) == Here(p) /\ m[p].at # Nowhere
Linked(p, q) == p # q /\ Here(p) /\ Here(q) /\ ((p \in side) <=> (q \in side))
Around(p) == {q \in Members : Linked(p, q) /\ Follows(q)}
Others(p) == MembersOf(m[p].at) \ {p}
Elsewhere(p, q) == Follows(p) /\ q \in Around(p) /\ ~HasPassed(m[p], m[q].at)
Hears(p, q) ==
  /\ Follows(p) /\ q \in Others(p)
  /\ IF q = Forger THEN forging ELSE q \in Around(p) /\ HasPassed(m[p], m[q].at)

OnTrack(r, p, to) ==
  LET added == Last(to).in
      here == MembersOf(to) IN
  [r EXCEPT !.at = to, !.met = @ \union (here \ {p}), !.passed = (@ \intersect here) \ Whose(added),
            !.joins = {join \in @ : \A new \in added : new.who = join.who => new.knock < join.knock}]
Anew(r) == [r EXCEPT !.target = Nowhere, !.joins = {}, !.passed = {}, !.proofs = {}]
Entered(r, p, to) == OnTrack([Anew(r) EXCEPT !.first = Len(to)], p, to)
GroupLost(r) == [Anew(r) EXCEPT !.at = Nowhere, !.hints = {}, !.vain = [q \in Ids |-> 0]]
Advanced(r, p, to) ==
  LET following == [r EXCEPT !.followed = @ \union {to}] IN
  IF p \in Last(to).out THEN GroupLost(following) ELSE OnTrack(following, p, to)

Only(p, r) == m' = [m EXCEPT ![p] = r] /\ UNCHANGED <<orders, lost, answers, side>>
Send(o) ==
  /\ orders' = orders \union {o}
  /\ lost' = lost \union {<<o, q>> : q \in {q \in Members \ {Last(o).by} : ~Linked(Last(o).by, q)}}
  /\ UNCHANGED <<answers, side>>
Arrives(o, p) == Here(p) /\ p # Last(o).by /\ <<o, p>> \notin lost

-----------------------------------------------------------------------------
(* Which branch stays: branches.py *)

IsMet(p, proof) == proof.who \in m[p].met
InBranch(p, met) == {other \in m[p].proofs : IsWith(other, met)}
Signers(proofs) == {proof.who : proof \in proofs}
Shared(p, met) ==        \* one of a branch that remembers an epoch in common is enough
  UNION {LastShared(m[p], proof) : proof \in {proof \in InBranch(p, met) : IsMet(p, proof)}}
OfThose(shared, ids) == IF shared = {} THEN ids ELSE ids \intersect shared
Counted(p, met) ==
  OfThose(Shared(p, met), Signers({proof \in InBranch(p, met) : IsMet(p, proof)}))
Own(p, met) == OfThose(Shared(p, met), (MembersOf(m[p].at) \ Signers(m[p].proofs)) \union {p})
Least(ids) == IF ids = {} THEN 99 ELSE Min(ids)
Outweighs(a, b) ==
  Cardinality(a) > Cardinality(b) \/ (Cardinality(a) = Cardinality(b) /\ Least(a) < Least(b))
Unremembered(p, met) == Signers(InBranch(p, met))        \* those that count where no epoch in common is remembered
LeadingOn(p, met) ==                                     \* those whose word it is where the branch has got to
  {proof \in InBranch(p, met) : IsMet(p, proof)}
Way(p, met) ==
  LET leading == LeadingOn(p, met)
      furthest == {proof \in leading : \A other \in leading : Len(other.at) <= Len(proof.at)} IN
  {proof.at : proof \in furthest}
Better(p) ==
  LET met == {proof \in m[p].proofs : IsMet(p, proof)}
      heaviest == {a \in met : \A b \in met : ~Outweighs(Counted(p, b), Counted(p, a))}
      gives(a) == /\ Counted(p, a) # {}
                  /\ IF Shared(p, a) = {} THEN Least(Unremembered(p, a)) < Least(Own(p, a))
                     ELSE Outweighs(Counted(p, a), Own(p, a)) IN
  UNION {Way(p, a) : a \in {a \in heaviest : gives(a)}}

-----------------------------------------------------------------------------
(* Getting to another place: admission.py, doorway.py, knocks.py *)

RECURSIVE IsLess(_, _)
IsLess(a, b) ==
  /\ a # <<>>
  /\ \/ Head(a).by < Head(b).by
     \/ Head(a).by = Head(b).by /\ IsLess(Tail(a), Tail(b))
IsBetter(a, b) == Len(a) > Len(b) \/ (Len(a) = Len(b) /\ IsLess(a, b))
Places(p) == {m[q].at : q \in {q \in Around(p) : ~Follows(p) \/ ~HasPassed(m[p], m[q].at)}}
Goals(p) ==
  IF ~Here(p) THEN {}
  ELSE IF Follows(p) /\ Better(p) # {} THEN Better(p)
  ELSE IF Follows(p) /\ Others(p) # {} THEN {}
  ELSE LET free == {place \in Places(p) : ~Follows(p) \/ IsBetter(place, m[p].at)} IN
       {a \in free : \A b \in free : ~IsBetter(b, a)}

IsAnswered(p) == m[p].target = Nowhere /\ m[p].knocked = m[p].opened
IsHeard(p) ==       \* a knock that is still to be answered
  \E q \in Around(p) : \E join \in m[q].joins : join = [who |-> p, knock |-> m[p].knocked]
    /\ \E goal \in Goals(p) : HasPassed(m[q], goal)
CanKnock(p) == IsAnswered(p) /\ Goals(p) # {}
SayHello(p) == \E goal \in Goals(p) :
  LET join == [who |-> p, knock |-> m[p].knocked + 1] IN
  /\ m' = [q \in Members |->
       IF q = p THEN [m[p] EXCEPT !.knocked = join.knock, !.target = goal]
       ELSE IF ~Linked(p, q) \/ ~HasPassed(m[q], goal) THEN m[q]
       ELSE [m[q] EXCEPT !.joins = {other \in @ : other.who # p} \union {join}, !.passed = @ \ {p}]]
  /\ UNCHANGED <<orders, lost, answers, side>>

Takes(p, by) ==     \* a Welcome to its knock: from a member that it has met, and never from the forger
  by \in m[p].met /\ (~Follows(p) \/ (m[p].target # Nowhere /\ (Others(p) = {} \/ Better(p) # {})))
Opens(p, o) == \E join \in Last(o).in : join.who = p /\ join.knock \in (m[p].opened + 1)..m[p].knocked
CanEnter(p, o) == Arrives(o, p) /\ Opens(p, o) /\ Takes(p, Last(o).by)
Enter(p, o) == Only(p, Entered([m[p] EXCEPT !.opened = m[p].knocked], p, o))

-----------------------------------------------------------------------------
(* Who commits, and who follows: sequencer.py, ordering.py, reader.py, attendance.py *)

Due(p) == {join \in m[p].joins : Linked(p, join.who)}
BeforeUs(p) ==
  LET ranking == Ranking(m[p].at)
      place == CHOOSE i \in 1..Len(ranking) : ranking[i] = p IN
  {ranking[i] : i \in 1..(place - 1)} \ (m[p].passed \union Whose(m[p].joins))
HasDue(p) == Follows(p) /\ Due(p) # {}
Waits(p) == m[p].doubts \/ Better(p) # {}
Sequence(p, removals, passed) ==
  LET back == Whose(Due(p)) \intersect MembersOf(m[p].at)
      o == Append(m[p].at, Commit(p, removals \union back, Due(p))) IN
  m' = [m EXCEPT ![p] = Advanced([@ EXCEPT !.joins = {}, !.passed = @ \union passed], p, o)] /\ Send(o)

Heard(p) ==
  [m[p] EXCEPT !.passed = {q \in @ : ~Hears(p, q)},
               !.joins = {join \in @ : ~Hears(p, join.who) \/ m[join.who].target # Nowhere},
               !.proofs = {proof \in @ : ~Hears(p, proof.who)}]
CanHear(p) == Follows(p) /\ Heard(p) # m[p]
CanCommit(p) == HasDue(p) /\ ~Waits(p) /\ BeforeUs(p) = {}
CanTakeOver(p) ==
  HasDue(p) /\ ~Waits(p) /\ BeforeUs(p) # {} /\ \A q \in BeforeUs(p) \ {Forger} : ~(Hears(p, q) /\ HasDue(q))
Silent(p) == {q \in Others(p) : ~Hears(p, q)}
CanExpel(p) == Follows(p) /\ Silent(p) # {} /\ BeforeUs(p) \subseteq Silent(p) /\ ~Waits(p)

IsSigned(o) == Last(o).by \in MembersOf(Front(o))
Ends(o, r) == o # <<>> /\ Front(o) = r.at            \* only an order of the present epoch is followed
CanFollow(p, o) == Follows(p) /\ Arrives(o, p) /\ Ends(o, m[p]) /\ IsSigned(o)
Follow(p, o) == Only(p, Advanced(m[p], p, o))

-----------------------------------------------------------------------------
(* Asking where the group is: catch_up.py, whereabouts.py, questions.py *)

Answer(by, to, nonce, at, first) == [by |-> by, to |-> to, nonce |-> nonce, at |-> at, first |-> first]
ToProof(answer) == [who |-> answer.by, at |-> answer.at, first |-> answer.first]
Believed(r, said) ==
  [r EXCEPT !.proofs = {other \in @ : other.who \notin {answer.by : answer \in said}}
                         \union {ToProof(answer) : answer \in {answer \in said : ~HasPassed(r, answer.at)}},
            !.open = {question \in @ : question.nonce \notin {answer.nonce : answer \in said}}]
Expects(p, answer) == [who |-> answer.by, nonce |-> answer.nonce] \in m[p].open
Of(p, q, nonce) == Answer(q, p, nonce, m[q].at, m[q].first)
Recorded(said) == answers' = IF hazards["forge"] > 0 THEN answers \union said ELSE {}     \* nobody else plays them again

Missing(p, q) ==
  {<<o, p>> : o \in {o \in orders : HasPassed(m[q], o) /\ Len(o) > Len(m[p].at)}} \intersect lost
IsBehind(p, q) == HasPassed(m[q], m[p].at)
IsEnough(times) == times >= Questions
IsLive(p, q) == ~IsEnough(m[p].vain[q])
Sent(p) ==          \* those that send the orders that are lacking
  {q \in Members : Elsewhere(p, q) /\ IsLive(p, q) /\ IsBehind(p, q) /\ Missing(p, q) # {}}
News(p, q) ==       \* it would prove something
  /\ Elsewhere(p, q) /\ IsLive(p, q) /\ ~IsBehind(p, q)
  /\ [who |-> q, at |-> m[q].at, first |-> m[q].first] \notin m[p].proofs
IsForgotten(p, q) == Len(m[q].at) < m[p].first       \* that is no sign of anything, unless that one asks
Answering(p) == {q \in Members : News(p, q) /\ ~IsForgotten(p, q)}
AskedBack(p) == {q \in Answering(p) : News(q, p) /\ IsForgotten(q, p)}
HasToAsk(p) == Sent(p) # {} \/ Answering(p) # {}
Ask(p) ==           \* all that are to be asked are asked at once, and answer
  LET said(q) == CASE q = p -> {Of(p, other, 0) : other \in Answering(p)}
                   [] q \in AskedBack(p) -> {Of(q, p, 0)}
                   [] OTHER -> {} IN
  /\ m' = [q \in Members |-> Believed(m[q], said(q))]
  /\ lost' = lost \ UNION {Missing(p, q) : q \in Sent(p)}
  /\ Recorded(UNION {said(q) : q \in Members}) /\ UNCHANGED <<orders, side>>
AskInVain(p, q) ==
  LET asking == [m[p] EXCEPT !.asked = @ + 1, !.vain[q] = @ + 1] IN
  Only(p, [asking EXCEPT !.hints = IF IsEnough(asking.vain[q]) THEN @ \ {q} ELSE @])
Later(p) ==         \* a proof is fresh for a while, and so is a question; and those with us are heard in the end
  [m[p] EXCEPT !.proofs = {proof \in @ : Elsewhere(p, proof.who)}, !.open = {}, !.doubts = FALSE,
               !.hints = {q \in @ : ~Hears(p, q)},
               !.vain = [q \in Ids |-> IF Hears(p, q) THEN 0 ELSE @[q]]]
CanExpire(p) == Follows(p) /\ Later(p) # m[p]
Expire(p) == Only(p, Later(p))

-----------------------------------------------------------------------------
(* Hazards *)

Strikes(hazard) == hazards[hazard] > 0 /\ hazards' = [hazards EXCEPT ![hazard] = @ - 1]
Crash(p) == Strikes("crash") /\ Here(p) /\ Only(p, [Founder EXCEPT !.life = "gone"]) /\ UNCHANGED forging
Haste(p) ==         \* it removes one that is there
  /\ Strikes("haste") /\ Follows(p) /\ ~Waits(p) /\ UNCHANGED forging
  /\ \E q \in Others(p) : Hears(p, q) /\ Sequence(p, {q}, {})

Forges == forging /\ UNCHANGED forging /\ Strikes("forge")
Invites == forging /\ UNCHANGED forging /\ Strikes("lure")
Hint(p) == Forges /\ \E q \in Members :        \* from one that is elsewhere, it would be true
  Hears(p, q) /\ IsLive(p, q) /\ Only(p, [m[p] EXCEPT !.hints = @ \union {q}, !.doubts = TRUE])
ForgedLast == Commit(Forger, Members, {[who |-> Forger, knock |-> 0]})
Claims == {m[q].at : q \in {q \in Members : Follows(q)}}
Claim(p) == Forges /\ Follows(p) /\ \E at \in Claims \union {Append(epoch, ForgedLast) : epoch \in Claims} :
  ~HasPassed(m[p], at) /\ Only(p, Believed(m[p], {Answer(Forger, p, 0, at, 0)}))
Withhold(p) == Forges /\ \E q \in Answering(p) :
  LET nonce == m[p].asked + 1 IN
  /\ m' = [m EXCEPT ![p] = [@ EXCEPT !.asked = nonce, !.vain[q] = @ + 1,
                                     !.open = @ \union {[who |-> q, nonce |-> nonce]}]]
  /\ answers' = answers \union {Of(p, q, nonce)} /\ UNCHANGED <<orders, lost, side>>
Replay(p) == Forges /\ Follows(p) /\ \E answer \in answers :
  answer.to = p /\ Expects(p, answer) /\ Only(p, Believed(m[p], {answer}))
Deliver(p) == Forges /\ \E pair \in lost :
  pair[2] = p /\ lost' = lost \ {pair} /\ UNCHANGED <<m, orders, answers, side>>
Invent(p) == Forges /\ Follows(p) /\
  LET o == Append(m[p].at, Commit(Forger, {}, {})) IN IsSigned(o) /\ Follow(p, o)
Lure(p) == Invites /\ Here(p) /\ m[p].knocked > m[p].opened /\ Takes(p, Forger) /\
  LET join == [who |-> p, knock |-> m[p].knocked]
      new == Append(m[p].target, [ForgedLast EXCEPT !.in = @ \union {join}]) IN
  \E o \in {new} \union {Append(m[q].at, Commit(Forger, {}, {join})) :
                         q \in {q \in Members : Follows(q) /\ Forger \in MembersOf(m[q].at)}} :
    /\ m' = [m EXCEPT ![p] = Entered([@ EXCEPT !.opened = m[p].knocked], p, o)]
    /\ orders' = IF o = new THEN orders ELSE orders \union {o}
    /\ UNCHANGED <<lost, answers, side>>
Hazard == \E p \in Members :
  \/ Crash(p) \/ Haste(p) \/ Hint(p) \/ Claim(p) \/ Withhold(p) \/ Replay(p) \/ Deliver(p) \/ Invent(p) \/ Lure(p)

-----------------------------------------------------------------------------
(* What happens, and when: protocol.py, timing.py *)

Near(p) == {q \in Members : q = p \/ Linked(p, q)}
Arriving(p) == CanHear(p) \/ \E o \in orders : CanFollow(p, o) \/ CanEnter(p, o)
CanAsk(p) == (HasToAsk(p) \/ m[p].hints # {}) /\ \A q \in Near(p) : ~Arriving(q)
CanQuick(p) == Arriving(p) \/ CanKnock(p) \/ CanCommit(p) \/ CanAsk(p)
CanKnockAgain(p) == ~IsAnswered(p) /\ ~IsHeard(p) /\ Goals(p) # {} /\ ~CanExpire(p)
CanSlow(p) == CanKnockAgain(p) \/ CanTakeOver(p) \/ CanExpire(p)
Quick(p) ==
  \/ CanHear(p) /\ Only(p, Heard(p))
  \/ CanKnock(p) /\ SayHello(p)
  \/ CanCommit(p) /\ Sequence(p, {}, {})
  \/ \E o \in orders : (CanFollow(p, o) /\ Follow(p, o)) \/ (CanEnter(p, o) /\ Enter(p, o))
  \/ CanAsk(p) /\ ((HasToAsk(p) /\ Ask(p)) \/ \E q \in m[p].hints : AskInVain(p, q))
Slow(p) ==
  \/ CanKnockAgain(p) /\ SayHello(p)
  \/ CanTakeOver(p) /\ Sequence(p, {}, BeforeUs(p))
  \/ CanExpire(p) /\ Expire(p)
Slowest(p) == CanExpel(p) /\ Sequence(p, Silent(p), {})

NothingQuick(p) == \A q \in Near(p) : ~CanQuick(q)
NothingSlow(p) == \A q \in Near(p) : ~CanSlow(q)
Timely(p) == Quick(p) \/ (NothingQuick(p) /\ (Slow(p) \/ (NothingSlow(p) /\ Slowest(p))))
Heal ==
  /\ side # {} /\ side' = {} /\ \A p \in Members : ~CanQuick(p) /\ (Early \/ ~(CanSlow(p) \/ CanExpel(p)))
  /\ UNCHANGED <<m, orders, lost, answers, forging>>
GiveUp ==          \* the forger leaves the groups of its own, if it has any
  /\ forging /\ \E p \in Members : Follows(p) /\ Forger \in MembersOf(m[p].at)
  /\ forging' = FALSE /\ answers' = {} /\ UNCHANGED <<m, orders, lost, side>>
Next == ((Heal \/ GiveUp \/ \E p \in Members : Timely(p) /\ UNCHANGED forging) /\ UNCHANGED hazards) \/ Hazard

Init ==
  /\ m = [p \in Members |-> Founder]
  /\ orders = {} /\ lost = {} /\ answers = {} /\ side \in Sides
  /\ forging = (Forgeries + Lures > 0)
  /\ hazards = [crash |-> Crashes, haste |-> Hastes, forge |-> Forgeries, lure |-> Lures]
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What holds *)

Live == {p \in Members : Here(p)}
AtRest == side = {} /\ ~ENABLED GiveUp /\ \A p \in Members : ~CanQuick(p) /\ ~CanSlow(p) /\ ~CanExpel(p)

\* No member follows two commits of one epoch, whatever is played to it.
OneCommitPerEpoch == \A p \in Members : \A a, b \in m[p].followed : Front(a) = Front(b) => a = b
\* Two that remember an epoch in common do not both give way: each would come to where the other has just gone from.
Remember(p, q) == Follows(p) /\ Follows(q) /\ LastShared(m[p], m[q]) # {} /\ LastShared(m[q], m[p]) # {}
NobodySwaps ==
  \A p, q \in Members : p < q /\ Remember(p, q) =>
    ~(\E a \in Better(p), b \in Better(q) : HasPassed(m[q], a) /\ HasPassed(m[p], b))
\* In the end all that are here are alone together in one epoch.
NobodyIsStuck == AtRest => \A p, q \in Live : Follows(p) /\ m[p].at = m[q].at /\ MembersOf(m[p].at) = Live
NothingGoesOnForEver == \A p \in Members : (m[p].at # Nowhere => Len(m[p].at) <= Most) /\ m[p].knocked <= Most /\ m[p].asked <= Most
\* One that is with others, and hears one of them, goes only where members went, if an order of a member leads there or
\* removes it, or if there was proof; and it knocks nowhere else.
IsReal(epoch) == \A i \in 1..Len(epoch) : epoch[i].by # Forger
HasCompany(p) == Follows(p) /\ IsReal(m[p].at) /\ \E q \in Others(p) : Hears(p, q)
NobodyIsLuredAway ==
  [][\A p \in Members : HasCompany(p) /\ m'[p].life = "here" =>
       /\ m'[p].knocked # m[p].knocked => IsReal(m'[p].target)
       /\ IsReal(m'[p].at)
       /\ \/ m'[p].at = m[p].at
          \/ m'[p].at = Nowhere /\ \E o \in orders : Ends(o, m[p]) /\ p \in Last(o).out
          \/ Len(m'[p].at) > Len(m[p].at) /\ Upto(m'[p].at, Len(m[p].at)) = m[p].at
          \/ Better(p) # {}]_m
AllComesToRest == <>[][FALSE]_vars
=============================================================================
