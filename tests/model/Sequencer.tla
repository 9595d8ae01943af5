------------------------------ MODULE Sequencer ------------------------------
(* How the members of a room come to one commit per epoch: a model of volly_browser/room.

MLS (RFC 9420) wants one commit for an epoch, and the network orders nothing.  So the member that came first commits what
is due, and the next takes over if it is gone.  If members take each other for gone, an epoch gets two commits, and the
group two branches; then the branch stays in which more of those are that were together before, and the others knock
there.  Anybody may claim anything: what a member claims to be leads to a question, and only the answer counts.

TLC tries everything that can happen to a few members.  The .cfg files say to how many, and how often which hazard
strikes.  Each section names the modules that it stands for.

What is left out, so that there is little enough to try:
  - Cryptography.  An epoch is the way to it: the commits since the group began.  An order is the epoch that it begins;
    only those that are in the one before can read it.  Commits that only refresh keys, and candidates.
  - Signs of life, and notices: they come again and again, so that members see what is.  Only Hear is a step of its own.
  - Ways to be late.  Knocks are heard at once by all that can be reached; orders, and the Welcomes with them, come at
    any time, and again, or are lost.  A question and its answer are one step.
  - Seconds.  What is sent arrives (Quick) before patience ends (Slow), and all that is settled before anybody is taken
    for gone (Slowest), on each side of a cut; the hazard Haste breaks that rule.
  - Forgetting; limits; persons that choose another conversation; a member that hears nobody goes nowhere before it
    has removed the silent.
  - A forger that lets members into a group of its own, or has seen what was signed: here it has only words.

Branches.tla has that forger, and groups that fall apart, so that an epoch gets two commits.  What is written down here,
but not yet tried by a .cfg file: cuts, groups that begin at once, farewells, and what arrives although sending failed. *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  Members,          \* numbers; the smaller one is the smaller member id, and transport identity
  Founders,         \* those that are in one epoch when it begins; the others are outside
  Groups,           \* the numbers that groups can have, the smaller one is the smaller group id
  Crashes, Leaves, Cuts, Losses, Hastes, HalfSends, Creations, Forgeries,       \* how often each hazard may strike
  Most              \* epochs that a group ever has, and knocks of a member

VARIABLES
  m,                \* for each member, what it knows; see Newcomer
  orders,           \* the epochs that were begun by orders
  lost,             \* <<order, member>>: it will not get there unless it is sent again
  side,             \* the members on one side of a cut; empty while there is none
  hazards           \* how often each may strike yet
vars == <<m, orders, lost, side, hazards>>

Stance == {"SHARED", "FORKED", "AHEAD", "FORGOTTEN"}                   \* commits.py
Step == {"Create", "SayHello"}                                         \* admission.py; and Propose, which is left out

Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Min(S) == CHOOSE x \in S : \A y \in S : x <= y
Range(s) == {s[i] : i \in 1..Len(s)}
RECURSIVE InOrder(_)
InOrder(S) == IF S = {} THEN <<>> ELSE <<Min(S)>> \o InOrder(S \ {Min(S)})

-----------------------------------------------------------------------------
(* Epochs: membership.py, roster.py.  The ranking is the order in which the members came. *)

Nowhere == [group |-> -1, begun |-> <<>>, path |-> <<>>, ranking |-> <<>>]
Number(epoch) == Len(epoch.path)
Last(epoch) == epoch.path[Number(epoch)]
Upto(epoch, n) == SubSeq(epoch.path, 1, n)
Whose(joins) == {join.who : join \in joins}

Commit(by, out, in, nonce) == [by |-> by, out |-> out, in |-> in, nonce |-> nonce]
Ranked(ranking, commit) ==
  SelectSeq(ranking, LAMBDA p : p \notin commit.out \union Whose(commit.in)) \o InOrder(Whose(commit.in))
After(epoch, commit) == [epoch EXCEPT !.path = Append(@, commit), !.ranking = Ranked(@, commit)]
RECURSIVE RankingAt(_, _)
RankingAt(epoch, n) == IF n = 0 THEN epoch.begun ELSE Ranked(RankingAt(epoch, n - 1), epoch.path[n])
InOneBranch(a, b) ==
  a.group = b.group /\ LET n == Min({Number(a), Number(b)}) IN Upto(a, n) = Upto(b, n)

-----------------------------------------------------------------------------
(* What a member knows, and what others see of it: seat.py, inside.py, commits.py *)

NoClaim == [who |-> {}, at |-> Nowhere]
Newcomer == [
  life |-> "here",                                  \* or "leaving", which it has said, or "gone"
  at |-> Nowhere, first |-> 0,                      \* its epoch; the number of its first one
  settled |-> FALSE,                                \* whether it has met the others for a while
  knocked |-> 0, opened |-> 0, target |-> Nowhere,  \* its knocks, the one that it got in with; where it knocked last
  joins |-> {}, leaving |-> {}, passed |-> {},      \* who has knocked, has said farewell, was passed over
  met |-> {}, proofs |-> {},                        \* with whom it ever was; what has been proved to it
  claim |-> NoClaim]                                \* what the forger has claimed

Here(p) == m[p].life # "gone"
Follows(p) == m[p].at # Nowhere
Active(p) == m[p].life = "here" /\ Follows(p)
Outside(p) == m[p].life = "here" /\ ~Follows(p)
Linked(p, q) == p # q /\ Here(p) /\ Here(q) /\ ((p \in side) <=> (q \in side))
Around(p) == {q \in Members : Linked(p, q) /\ Follows(q)}
Others(p) == Range(m[p].at.ranking) \ {p}

StanceOf(r, epoch) ==
  IF Number(epoch) > Number(r.at) THEN "AHEAD"
  ELSE IF Number(epoch) < r.first THEN "FORGOTTEN"
  ELSE IF Upto(r.at, Number(epoch)) = epoch.path THEN "SHARED" ELSE "FORKED"
IsShared(r, epoch) == r.at.group = epoch.group /\ StanceOf(r, epoch) = "SHARED"
Elsewhere(p, q) == Follows(p) /\ q \in Around(p) /\ m[p].at.group = m[q].at.group /\ ~IsShared(m[p], m[q].at)
WithUs(p, q) == Follows(p) /\ q \in Around(p) /\ q \in Others(p) /\ IsShared(m[p], m[q].at)

Common(r, s) ==
  IF r.at.group # s.at.group THEN {}
  ELSE {n \in (r.first..Number(r.at)) \intersect (s.first..Number(s.at)) : Upto(r.at, n) = Upto(s.at, n)}
Kept(r) == {o \in orders : IsShared(r, o) /\ Number(o) > r.first}

-----------------------------------------------------------------------------
(* Which branch stays: branches.py *)

Proved(p) == m[p].proofs
Shared(p, proof) ==
  LET common == Common(m[p], proof) IN IF common = {} THEN Members ELSE Range(RankingAt(m[p].at, Max(common)))
InBranch(p, proof) == {other \in Proved(p) : InOneBranch(other.at, proof.at)}
Counted(p, proof) == {other.who : other \in InBranch(p, proof)} \intersect m[p].met \intersect Shared(p, proof)
Own(p, proof) ==
  ((Range(m[p].at.ranking) \ {other.who : other \in Proved(p)}) \union {p}) \intersect Shared(p, proof)
Weighs(theirs, ours) ==
  Cardinality(theirs) > Cardinality(ours) \/ (Cardinality(theirs) = Cardinality(ours) /\ Min(theirs) < Min(ours))
Outweighs(theirs, ours) == theirs # {} /\ (ours = {} \/ Weighs(theirs, ours))
Better(p) ==        \* the ways to go; only the heaviest branch counts
  IF Proved(p) = {} THEN {} ELSE
  LET met == {proof \in Proved(p) : proof.who \in m[p].met}
      heaviest == {proof \in met : \A other \in met : ~Outweighs(Counted(p, other), Counted(p, proof))} IN
  {proof.at : proof \in {proof \in heaviest : Outweighs(Counted(p, proof), Own(p, proof))}}
Furthest(epochs) == CHOOSE a \in epochs : \A b \in epochs : Number(b) <= Number(a)

-----------------------------------------------------------------------------
(* How a member changes: inside.py *)

OnTrack(r, p, to) ==
  LET added == IF to.path = <<>> THEN {} ELSE Last(to).in
      stayed == Range(to.ranking) \ Whose(added) IN
  [r EXCEPT !.at = to, !.met = @ \union (Range(to.ranking) \ {p}), !.settled = @ /\ Len(to.ranking) > 1,
            !.joins = {join \in @ : \A new \in added : new.who = join.who => new.knock < join.knock},
            !.leaving = @ \intersect stayed, !.passed = @ \intersect stayed]
Anew(r) == [r EXCEPT !.settled = FALSE, !.target = Nowhere, !.leaving = {}, !.passed = {}, !.proofs = {}]
Entered(r, p, to) == OnTrack([Anew(r) EXCEPT !.first = Number(to), !.joins = {}], p, to)
GroupLost(r) == [Anew(r) EXCEPT !.at = Nowhere, !.first = 0, !.joins = {}]
IsRemoved(p, o) == p \in Last(o).out
Advanced(r, p, o) == IF IsRemoved(p, o) THEN GroupLost(r) ELSE OnTrack(r, p, o)

Only(p, r) == m' = [m EXCEPT ![p] = r] /\ UNCHANGED <<orders, lost, side>>
Send(o) ==
  /\ orders' = orders \union {o}
  /\ lost' = lost \union {<<o, q>> : q \in {q \in Members \ {Last(o).by} : ~Linked(Last(o).by, q)}}
  /\ UNCHANGED side
Arrives(o, p) == Here(p) /\ p # Last(o).by /\ <<o, p>> \notin lost

-----------------------------------------------------------------------------
(* Getting in, and to a better place: admission.py, doorway.py, knocks.py *)

Begin(p) ==
  \E g \in Groups \ ({m[q].at.group : q \in Members} \union {o.group : o \in orders}) :
    Only(p, Entered(m[p], p, [group |-> g, begun |-> <<p>>, path |-> <<>>, ranking |-> <<p>>]))
Create(p) ==
  /\ Outside(p) /\ m[p].claim = NoClaim /\ Begin(p)
  /\ \A q \in Members : Linked(p, q) => (Outside(q) /\ p < q) \/ (m[q].life = "leaving" /\ ~Follows(q))

IsBound(p) == Others(p) # {} /\ m[p].settled
IsFreeFor(p, group) ==
  \/ Others(p) = {}
  \/ IF group = m[p].at.group THEN Better(p) # {} ELSE ~IsBound(p)

Place(epoch, settled) == [at |-> epoch, settled |-> settled]
IsBetter(a, b) ==
  CASE a.settled # b.settled -> a.settled
    [] a.at.group # b.at.group -> a.at.group < b.at.group
    [] Number(a.at) # Number(b.at) -> Number(a.at) > Number(b.at)
    [] OTHER -> Number(a.at) > 0 /\ \/ Last(a.at).by < Last(b.at).by
                                    \/ Last(a.at).by = Last(b.at).by /\ Last(a.at).nonce < Last(b.at).nonce
Places(p) ==
  LET ours == {q \in Around(p) : m[q].at.group = m[p].at.group /\ StanceOf(m[p], m[q].at) \in {"SHARED", "FORGOTTEN"}}
      seen == Around(p) \ ours
      settled(g) == \E q \in seen : m[q].at.group = g /\ m[q].settled IN
  {Place(m[q].at, settled(m[q].at.group)) : q \in seen}
    \union (IF m[p].claim = NoClaim THEN {} ELSE {Place(m[p].claim.at, TRUE)})
Goals(p) ==         \* the best place that it would go to, if there is one
  IF Follows(p) /\ Better(p) # {} THEN {Furthest(Better(p))}
  ELSE IF IsBound(p) \/ (Around(p) = {} /\ m[p].claim = NoClaim) THEN {}
  ELSE LET free == {place \in Places(p) : ~Follows(p) \/
                      (IsFreeFor(p, place.at.group) /\ IsBetter(place, Place(m[p].at, m[p].settled)))} IN
       {place.at : place \in {place \in free : \A other \in free : ~IsBetter(other, place)}}

SayHello(p) == \E goal \in Goals(p) :
  LET join == [who |-> p, knock |-> m[p].knocked + 1] IN
  /\ m' = [q \in Members |->
       IF q = p THEN [m[p] EXCEPT !.knocked = join.knock, !.target = goal]
       ELSE IF ~Linked(p, q) \/ ~Follows(q) \/ ~IsShared(m[q], goal) THEN m[q]
       ELSE [m[q] EXCEPT !.joins = {other \in @ : other.who # p} \union {join}, !.passed = @ \ {p}]]
  /\ UNCHANGED <<orders, lost, side>>
IsAnswered(p) == m[p].target = Nowhere /\ m[p].knocked = m[p].opened    \* else its Welcome is possibly on its way
IsHeard(p) ==       \* a knock that is still to be answered
  \E q \in Around(p) : \E join \in m[q].joins : join = [who |-> p, knock |-> m[p].knocked]
    /\ \E goal \in Goals(p) : InOneBranch(m[q].at, goal)
Knock(p) == m[p].life = "here" /\ IsAnswered(p) /\ SayHello(p)
KnockAgain(p) == m[p].life = "here" /\ ~IsAnswered(p) /\ m[p].claim = NoClaim /\ ~IsHeard(p) /\ SayHello(p)
Vain(p) ==          \* nobody has answered there
  m[p].claim # NoClaim /\ Only(p, [m[p] EXCEPT !.claim = NoClaim, !.target = IF @ = m[p].claim.at THEN Nowhere ELSE @])

Takes(p, group) == ~Follows(p) \/ (m[p].target.group = group /\ IsFreeFor(p, group))
GotWelcome(p, o) ==
  /\ Arrives(o, p) /\ m[p].life = "here" /\ Takes(p, o.group)
  /\ \E join \in Last(o).in :
       /\ join.who = p /\ join.knock \in (m[p].opened + 1)..m[p].knocked
       /\ Only(p, Entered([m[p] EXCEPT !.opened = join.knock], p, o))

-----------------------------------------------------------------------------
(* Who commits, and who follows: sequencer.py, ordering.py, reader.py, attendance.py, leaving.py *)

Due(p) == {join \in m[p].joins : Linked(p, join.who)}
BeforeUs(p) ==
  LET place == CHOOSE i \in 1..Len(m[p].at.ranking) : m[p].at.ranking[i] = p
      unavailable == m[p].leaving \union m[p].passed \union Whose(m[p].joins) IN
  {m[p].at.ranking[i] : i \in 1..(place - 1)} \ unavailable
IsSequencing(p) == Active(p) /\ BeforeUs(p) = {}
HasDue(p) == Active(p) /\ (Due(p) # {} \/ m[p].leaving # {})
Waits(p) == m[p].claim # NoClaim \/ Better(p) # {}           \* it is in doubt, or about to go
Change(p, removals, nonce) ==
  LET back == Whose(Due(p)) \intersect Range(m[p].at.ranking) IN
  After(m[p].at, Commit(p, removals \union m[p].leaving \union back, Due(p), nonce))
Sequence(p, removals, passed) ==
  LET o == Change(p, removals, 2) IN
  m' = [m EXCEPT ![p] = Advanced([@ EXCEPT !.joins = {}, !.passed = @ \union passed], p, o)] /\ Send(o)

Hear(p) ==
  LET heard == [m[p] EXCEPT !.passed = {q \in @ : ~WithUs(p, q)},
                            !.joins = {join \in @ : ~WithUs(p, join.who) \/ m[join.who].target # Nowhere},
                            !.proofs = {proof \in @ : ~WithUs(p, proof.who)}] IN
  Follows(p) /\ heard # m[p] /\ Only(p, heard)
CommitDue(p) == HasDue(p) /\ ~Waits(p) /\ IsSequencing(p) /\ Sequence(p, {}, {})
TakeOver(p) ==
  /\ HasDue(p) /\ ~Waits(p) /\ ~IsSequencing(p) /\ \A q \in BeforeUs(p) : ~(WithUs(p, q) /\ HasDue(q))
  /\ Sequence(p, {}, BeforeUs(p))
Expel(p) ==
  LET silent == {q \in Others(p) : ~WithUs(p, q)} IN
  Active(p) /\ ~Waits(p) /\ silent # {} /\ BeforeUs(p) \subseteq silent /\ Sequence(p, silent, {})
Settle(p) == Active(p) /\ Others(p) # {} /\ ~m[p].settled /\ Only(p, [m[p] EXCEPT !.settled = TRUE])
Depart(p) == m[p].life = "leaving" /\ Only(p, [Newcomer EXCEPT !.life = "gone"])

\* An order is followed in the epoch that it ends, and nowhere else; nobody can open its own.
Ends(o, epoch) == o.group = epoch.group /\ Number(o) = Number(epoch) + 1 /\ Upto(o, Number(epoch)) = epoch.path
GotOrder(p, o) == Arrives(o, p) /\ Follows(p) /\ Ends(o, m[p].at) /\ Only(p, Advanced(m[p], p, o))

-----------------------------------------------------------------------------
(* Asking where the group is: catch_up.py, whereabouts.py, questions.py.  The answer is true, whatever led to it. *)

Ask(p, q) ==
  LET missing == {<<o, p>> : o \in {o \in Kept(m[q]) : Number(o) > Number(m[p].at)}} \intersect lost IN
  /\ Elsewhere(p, q) /\ IsShared(m[q], m[p].at) /\ missing # {}
  /\ lost' = lost \ missing /\ UNCHANGED <<m, orders, side>>
Answered(p, q) ==
  LET proof == [who |-> q, at |-> m[q].at, first |-> m[q].first] IN
  /\ Elsewhere(p, q) /\ ~IsShared(m[q], m[p].at) /\ proof \notin m[p].proofs
  /\ Only(p, [m[p] EXCEPT !.proofs = {other \in @ : other.who # q} \union {proof}])
Expire(p) ==        \* a proof is fresh for a while
  LET fresh == {proof \in m[p].proofs : Elsewhere(p, proof.who)} IN
  fresh # m[p].proofs /\ Only(p, [m[p] EXCEPT !.proofs = fresh])

-----------------------------------------------------------------------------
(* Hazards *)

Strikes(hazard) == hazards[hazard] > 0 /\ hazards' = [hazards EXCEPT ![hazard] = @ - 1]
Crash(p) == Strikes("crash") /\ Here(p) /\ Only(p, [Newcomer EXCEPT !.life = "gone"])
Leave(p) ==
  /\ Strikes("leave") /\ Active(p)
  /\ m' = [q \in Members |->
       IF q = p THEN [m[p] EXCEPT !.life = "leaving"]
       ELSE IF WithUs(q, p) THEN [m[q] EXCEPT !.leaving = @ \union {p}] ELSE m[q]]
  /\ UNCHANGED <<orders, lost, side>>
Cut == Strikes("cut") /\ side = {} /\ side' \in SUBSET (Members \ {1}) \ {{}} /\ UNCHANGED <<m, orders, lost>>
Lose ==
  /\ Strikes("loss") /\ \E o \in orders, p \in Members : Arrives(o, p) /\ lost' = lost \union {<<o, p>>}
  /\ UNCHANGED <<m, orders, side>>
Haste(p) ==           \* it takes those before it for gone, or removes one that is there
  /\ Strikes("haste") /\ Active(p)
  /\ \/ HasDue(p) /\ ~IsSequencing(p) /\ Sequence(p, {}, {})
     \/ \E q \in Others(p) : WithUs(p, q) /\ Sequence(p, {q}, {})
HalfSend(p) ==        \* sending fails, although it arrives; then what is due will be committed anew
  /\ Strikes("half") /\ HasDue(p) /\ IsSequencing(p) /\ \E nonce \in {1, 3} : Send(Change(p, {}, nonce))
  /\ UNCHANGED m
CreateAnyway(p) == Strikes("create") /\ Outside(p) /\ Begin(p)                 \* it has heard of nobody yet

\* Anybody claims that all others are in a later epoch, in another branch, or in a group with the smallest id of all.
Forged == Commit(0, {}, {}, 0)
Fork(epoch) == After([epoch EXCEPT !.path = Upto(epoch, Number(epoch) - 1)], Forged)
Inventions(p) ==
  {[Nowhere EXCEPT !.group = 0, !.path = <<Forged>>]}
    \union (IF Follows(p) THEN {After(m[p].at, Forged)} ELSE {})
    \union (IF Follows(p) /\ Number(m[p].at) > 0 THEN {Fork(m[p].at)} ELSE {})
Forge(p) ==
  /\ Strikes("forge") /\ m[p].life = "here"
  /\ \E epoch \in Inventions(p) : Only(p, [m[p] EXCEPT !.claim = [who |-> Members \ {p}, at |-> epoch]])
Hazard == Cut \/ Lose \/ \E p \in Members :
  Crash(p) \/ Leave(p) \/ Haste(p) \/ HalfSend(p) \/ CreateAnyway(p) \/ Forge(p)

-----------------------------------------------------------------------------
(* What happens, and when: protocol.py, timing.py *)

Quick(p) ==
  \/ Create(p) \/ Knock(p) \/ Hear(p) \/ CommitDue(p)
  \/ \E o \in orders : GotOrder(p, o) \/ GotWelcome(p, o)
  \/ \E q \in Members : Ask(p, q) \/ Answered(p, q)
Slow(p) == KnockAgain(p) \/ Vain(p) \/ TakeOver(p) \/ Expire(p) \/ Depart(p)
Slowest(p) == Expel(p) \/ Settle(p)
Heal == side # {} /\ side' = {} /\ UNCHANGED <<m, orders, lost>>

Near(p) == {q \in Members : q = p \/ Linked(p, q)}
NothingQuick(p) == \A q \in Near(p) : ~ENABLED Quick(q)
NothingSlow(p) == \A q \in Near(p) : ~ENABLED Slow(q)
Timely(p) == Quick(p) \/ (NothingQuick(p) /\ (Slow(p) \/ (NothingSlow(p) /\ Slowest(p))))
Next == ((Heal \/ \E p \in Members : Timely(p)) /\ UNCHANGED hazards) \/ Hazard

Start == LET ranking == InOrder(Founders) IN [group |-> 2, begun |-> ranking, path |-> <<>>, ranking |-> ranking]
Init ==
  /\ m = [p \in Members |-> IF p \in Founders THEN [Entered(Newcomer, p, Start) EXCEPT !.settled = TRUE] ELSE Newcomer]
  /\ orders = {} /\ lost = {} /\ side = {}
  /\ hazards = [crash |-> Crashes, leave |-> Leaves, cut |-> Cuts, loss |-> Losses,
                haste |-> Hastes, half |-> HalfSends, create |-> Creations, forge |-> Forgeries]
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What holds *)

Live == {p \in Members : m[p].life = "here"}
Agreed == \A p \in Live : Active(p) /\ Range(m[p].at.ranking) = Live /\ \A q \in Live : m[p].at = m[q].at
AtRest == side = {} /\ \A p \in Members : ~ENABLED (Quick(p) \/ Slow(p) \/ Slowest(p))

\* If an epoch has two commits, all that followed one of them come to the other in the end.
OneCommitPerEpoch ==
  \A p, q \in Members : p < q /\ Follows(p) /\ Follows(q) /\ m[p].at.group = m[q].at.group =>
    InOneBranch(m[p].at, m[q].at) \/ ~AtRest
EveryoneBelongs == \A p \in Members : Follows(p) => p \in Range(m[p].at.ranking)
\* If the network is whole, and nothing happens any more, all that are here are alone together in one epoch.
NobodyIsStuck == Agreed \/ ~AtRest
NothingGoesOnForEver == \A p \in Members : Number(m[p].at) <= Most /\ m[p].knocked <= Most
\* One that is with others, and hears one of them, knocks only where somebody has been, and goes only there, or if it is
\* removed: whatever is claimed.
HasCompany(p) == m[p].settled /\ m[p].life = "here" /\ \E q \in Others(p) : WithUs(p, q)
NobodyIsLuredAway ==
  [][\A p \in Members : HasCompany(p) /\ m'[p].life = m[p].life =>
       /\ m'[p].knocked # m[p].knocked => m'[p].target \in orders
       /\ \/ InOneBranch(m'[p].at, m[p].at)
          \/ \E o \in orders : Ends(o, m[p].at) /\ p \in Last(o).out
          \/ m'[p].at \in orders /\ \E proof \in m[p].proofs : InOneBranch(proof.at, m'[p].at)]_m
AllComesToRest == <>[][FALSE]_vars
=============================================================================
