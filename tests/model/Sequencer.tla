------------------------------ MODULE Sequencer ------------------------------
(* How the members of a room come to one commit per epoch: a model of volly_browser/room.

MLS (RFC 9420) wants one commit for an epoch, and the network orders nothing.  So the member that has been in the group
longest commits what is due, and the next takes over where it is gone.  Where members took each other for gone, an epoch
gets two commits; an order between commits says which one counts, and whoever followed the other one comes back.

TLC tries everything that can happen to a few members.  The .cfg files say to how many, and how often which hazard
strikes.  Each section names the modules that it stands for; the sets below have the names that the code uses.

What is left out, so that there is little enough to try:
  - Cryptography.  An epoch is the way to it: the commits since the group began.  Commits that only refresh keys.
  - Signs of life.  They come again and again, so that members see what is; only Hear, which keeps a member from
    committing, is a step of its own, and may come late.
  - Ways to be late.  Knocks are heard at once by all who can be reached; orders, and the Welcomes with them, come at
    any time, or are lost.  A question and its answer are one step, by which what was lost is sent again.
  - Seconds.  What is sent arrives (Quick) before patience ends (Slow), and all that is settled before anybody is taken
    for gone, or a branch gives way (Slowest), on each side of a cut; the hazard Haste breaks that rule.
  - Forgetting, forging, and coming a second time. *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  Members,          \* numbers; who has the smaller one has the smaller member id and transport identity
  Founders,         \* those who are in one epoch when it begins; the others are outside
  Groups,           \* the numbers that groups can have; the smaller one is the older group
  Crashes, Leaves, Cuts, Losses, Hastes, HalfSends, Creations, EarlyKnocks,     \* how often each hazard may strike
  MostEpochs        \* that a group ever has

VARIABLES
  m,                \* for each member, what it knows; see Newcomer
  orders,           \* the commits that were given out
  lost,             \* <<order, member>>: it will not get there unless it is sent again
  side,             \* the members on one side of a cut; empty while there is none
  hazards           \* how often each may strike yet
vars == <<m, orders, lost, side, hazards>>

Verdict == {"FOLLOW", "DUPLICATE", "WE_WON", "WE_LOST", "TOO_OLD"}     \* commits.py
Stance == {"SHARED", "FORKED", "AHEAD", "FORGOTTEN"}                   \* commits.py
Stage == {"IDLE", "ASKING", "OFFERED"}                                 \* rejoin.py
Step == {"Create", "Knock"}                                            \* admission.py
Transitions ==                                                         \* the table in rejoin.py
  {<<"IDLE", "ASKING">>, <<"ASKING", "OFFERED">>, <<"OFFERED", "ASKING">>, <<"ASKING", "IDLE">>, <<"OFFERED", "IDLE">>}

Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Min(S) == CHOOSE x \in S : \A y \in S : x <= y
Less(a, b) == a[1] < b[1] \/ (a[1] = b[1] /\ a[2] < b[2])

-----------------------------------------------------------------------------
(* Epochs: membership.py, roster.py.  A roster has <<seniority, member>> for each member. *)

Nowhere == [group |-> 0, path |-> <<>>, roster |-> {}]
Number(epoch) == Len(epoch.path)
Last(epoch) == epoch.path[Number(epoch)]
Upto(epoch, n) == SubSeq(epoch.path, 1, n)

Ids(roster) == {entry[2] : entry \in roster}
Entry(roster, p) == CHOOSE entry \in roster : entry[2] = p
Before(roster, p) == Ids({entry \in roster : Less(entry, Entry(roster, p))})
Eldest(roster) == CHOOSE entry \in roster : \A other \in roster : other = entry \/ Less(entry, other)

Commit(by, out, in, digest) == [by |-> by, out |-> out, in |-> in, digest |-> digest]
After(epoch, commit) ==
  [epoch EXCEPT !.path = Append(@, commit), !.roster = {entry \in @ : entry[2] \notin commit.out} \union commit.in]
External(p, epoch) == After(epoch, Commit(p, {p}, {Entry(epoch.roster, p)}, 2))
IsExternal(commit) == commit.by \in commit.out
Order(by, epoch, to) == [by |-> by, to |-> to, rank |-> Cardinality(Before(epoch.roster, by))]

-----------------------------------------------------------------------------
(* What a member knows, and what others see of it: inside.py, doorway.py, forks.py, commits.py *)

Newcomer == [
  life |-> "here",                                  \* or "leaving", which it has said, or "gone"
  at |-> Nowhere, first |-> 0, log |-> <<>>,        \* its epoch; its first one's number; the rank of each order since
  follows |-> FALSE, lower |-> FALSE,               \* whether it is on track; whether it has heard that it stands lower
  stage |-> "IDLE", source |-> 0, offer |-> Nowhere,
  knocked |-> 0, opened |-> 0, target |-> 0,        \* the seniorities that it knocked and got in with; at which group
  joins |-> {}, leaving |-> {}, passed |-> {}]      \* who has knocked, has said farewell, was passed over

Here(p) == m[p].life # "gone"
Follows(p) == m[p].follows
Active(p) == m[p].life = "here" /\ m[p].follows
Outside(p) == m[p].life = "here" /\ ~m[p].follows /\ m[p].stage = "IDLE"
Linked(p, q) == p # q /\ Here(p) /\ Here(q) /\ ((p \in side) <=> (q \in side))
Around(p) == {q \in Members : Linked(p, q) /\ Follows(q)}
Others(p) == Ids(m[p].at.roster) \ {p}

StanceOf(r, epoch) ==
  IF Number(epoch) > Number(r.at) THEN "AHEAD"
  ELSE IF Number(epoch) < r.first THEN "FORGOTTEN"
  ELSE IF Upto(r.at, Number(epoch)) = epoch.path THEN "SHARED" ELSE "FORKED"
Sees(p, q, stances) ==
  Follows(p) /\ q \in Around(p) /\ m[p].at.group = m[q].at.group /\ StanceOf(m[p], m[q].at) \in stances
WithUs(p, q) == Sees(p, q, Stance \ {"FORKED"})

StandsHigher(a, b) ==
  CASE Number(a) # Number(b) -> Number(a) > Number(b)
    [] Eldest(a.roster) # Eldest(b.roster) -> Less(Eldest(a.roster), Eldest(b.roster))
    [] Cardinality(a.roster) # Cardinality(b.roster) -> Cardinality(a.roster) > Cardinality(b.roster)
    [] OTHER -> Less(<<Last(a).by, Last(a).digest>>, <<Last(b).by, Last(b).digest>>)
StandsLower(p) ==
  \E q \in Members : Sees(p, q, {"AHEAD"}) \/ (Sees(p, q, {"FORKED"}) /\ StandsHigher(m[q].at, m[p].at))

-----------------------------------------------------------------------------
(* What to think of an order: commits.py.  It begins the epoch `to`, and ends the one before. *)

Claim(o) == <<o.rank, Last(o.to).digest>>
ClaimAt(r, n) == <<r.log[n - r.first], r.at.path[n].digest>>
Beats(theirs, ours) == Less(theirs, ours)
Judge(r, o) ==
  LET n == Number(o.to) - 1 IN
  IF r.at.group # o.to.group \/ n \notin r.first..Number(r.at) THEN "TOO_OLD"
  ELSE IF Upto(r.at, n) # Upto(o.to, n) THEN "TOO_OLD"
  ELSE IF n = Number(r.at) THEN "FOLLOW"
  ELSE IF Claim(o) = ClaimAt(r, n + 1) THEN "DUPLICATE"
  ELSE IF Beats(Claim(o), ClaimAt(r, n + 1)) THEN "WE_LOST" ELSE "WE_WON"

Kept(r) == {o \in orders : Judge(r, o) = "DUPLICATE"}
Followed(r, n) == [to |-> [r.at EXCEPT !.path = Upto(r.at, n)], rank |-> r.log[n - r.first]]
Common(r, s) ==
  IF r.at.group # s.at.group THEN {}
  ELSE {n \in (r.first..Number(r.at)) \intersect (s.first..Number(s.at)) : Upto(r.at, n) = Upto(s.at, n)}

-----------------------------------------------------------------------------
(* How a member changes: inside.py *)

OnTrack(r, to, log) ==
  LET stayed == Ids(to.roster) \ (IF to.path = <<>> THEN {} ELSE Ids(Last(to).in)) IN
  [r EXCEPT !.at = to, !.log = log, !.follows = TRUE, !.stage = "IDLE", !.source = 0, !.offer = Nowhere,
            !.joins = {join \in @ : \A entry \in to.roster : entry[2] = join.who => entry[1] < join.seniority},
            !.leaving = @ \intersect stayed, !.passed = @ \intersect stayed]
Entered(r, to) == OnTrack([r EXCEPT !.first = Number(to), !.lower = FALSE, !.leaving = {}, !.passed = {}], to, <<>>)
GroupLost(r) == [r EXCEPT !.at = Nowhere, !.first = 0, !.log = <<>>, !.follows = FALSE,
                          !.lower = FALSE, !.leaving = {}, !.passed = {}]
Asking(r, q) == [r EXCEPT !.follows = FALSE, !.stage = "ASKING", !.source = q, !.offer = Nowhere]
Outcast(r) == [r EXCEPT !.follows = FALSE, !.stage = "IDLE", !.source = 0, !.offer = Nowhere]
IsRemoved(p, o) == p \in Last(o.to).out
Advanced(p, r, o) ==
  IF r.offer = o.to THEN Entered(r, o.to)
  ELSE IF IsRemoved(p, o) THEN Outcast(GroupLost(r)) ELSE OnTrack(r, o.to, Append(r.log, o.rank))

Only(p, r) == m' = [m EXCEPT ![p] = r] /\ UNCHANGED <<orders, lost, side>>
Send(o) ==
  /\ orders' = orders \union {o}
  /\ lost' = lost \union {<<o, q>> : q \in {q \in Members \ {o.by} : ~Linked(o.by, q)}}
  /\ UNCHANGED side
SendAgain(some, p) ==
  LET missing == {<<o, p>> : o \in some} \intersect lost IN
  missing # {} /\ lost' = lost \ missing /\ UNCHANGED <<m, orders, side>>
Arrives(o, p) == Here(p) /\ p # o.by /\ <<o, p>> \notin lost

-----------------------------------------------------------------------------
(* Getting in: admission.py, entrance.py, knocks.py *)

Begin(p) == \E g \in Groups \ ({m[q].at.group : q \in Members} \union {o.to.group : o \in orders}) :
  Only(p, Entered(m[p], [group |-> g, path |-> <<>>, roster |-> {<<0, p>>}]))
Create(p) ==
  /\ Outside(p) /\ Begin(p)
  /\ \A q \in Members : Linked(p, q) => (Outside(q) /\ p < q) \/ (m[q].life = "leaving" /\ ~Follows(q))

Target(p) == IF Around(p) = {} THEN 0 ELSE Min({m[q].at.group : q \in Around(p)})
WantsIn(p) == Around(p) # {} /\ (Outside(p) \/ (Active(p) /\ Target(p) < m[p].at.group))
ForUs(p) == {join \in m[p].joins : join.at \in {0, m[p].at.group}}
Due(p) == {<<join.seniority, join.who>> : join \in {join \in ForUs(p) : join.seniority > Entry(m[p].at.roster, p)[1]}}
SayHello(p) ==
  LET seniority == 1 + Max({m[p].knocked} \union UNION {{entry[1] : entry \in m[q].at.roster} : q \in Around(p)})
      join == [who |-> p, seniority |-> seniority, at |-> Target(p)] IN
  /\ m' = [q \in Members |->
       IF q = p THEN [m[p] EXCEPT !.knocked = seniority, !.target = Target(p)]
       ELSE IF ~Linked(p, q) THEN m[q]
       ELSE [m[q] EXCEPT !.joins = {other \in @ : other.who # p} \union {join}, !.passed = @ \ {p}]]
  /\ UNCHANGED <<orders, lost, side>>
Unanswered(p) == m[p].knocked > m[p].opened /\ m[p].target \in {0, Target(p)}
IsHeard(p) == \E q \in Around(p) : m[q].at.group = Target(p) /\ <<m[p].knocked, p>> \in Due(q)
Knock(p) == WantsIn(p) /\ ~Unanswered(p) /\ SayHello(p)
KnockAgain(p) == WantsIn(p) /\ Unanswered(p) /\ ~IsHeard(p) /\ SayHello(p)

GotWelcome(p, o) ==
  /\ Arrives(o, p) /\ m[p].life = "here" /\ ~IsExternal(Last(o.to))
  /\ \E entry \in Last(o.to).in :
       /\ entry[2] = p /\ entry[1] \in (m[p].opened + 1)..m[p].knocked
       /\ Follows(p) => \/ o.to.group < m[p].at.group
                        \/ o.to.group = m[p].at.group /\ Number(o.to) > Number(m[p].at)
       /\ Only(p, Entered([m[p] EXCEPT !.opened = entry[1]], o.to))

-----------------------------------------------------------------------------
(* Who commits, and who follows: sequencer.py, ordering.py, attendance.py, leaving.py *)

BeforeUs(p) ==
  LET unavailable == m[p].leaving \union m[p].passed \union {join.who : join \in ForUs(p)} IN
  {q \in Before(m[p].at.roster, p) \ unavailable : ~Sees(p, q, {"FORKED"})}
IsSequencing(p) == Active(p) /\ BeforeUs(p) = {}
HasDue(p) == Active(p) /\ (Due(p) # {} \/ m[p].leaving # {})
IsUpToDate(p) == ~(m[p].lower /\ StandsLower(p))
Change(p, removals, digest) ==
  LET back == Ids(Due(p)) \intersect Ids(m[p].at.roster) IN
  Order(p, m[p].at, After(m[p].at, Commit(p, removals \union m[p].leaving \union back, Due(p), digest)))
Sequence(p, removals, passed) ==
  LET o == Change(p, removals, 2) IN
  m' = [m EXCEPT ![p] = Advanced(p, [@ EXCEPT !.joins = @ \ ForUs(p), !.passed = @ \union passed], o)] /\ Send(o)

Hear(p) ==
  LET heard == [m[p] EXCEPT !.lower = StandsLower(p), !.passed = {q \in @ : ~WithUs(p, q)},
                            !.joins = {join \in @ : ~WithUs(p, join.who) \/ join.at # m[p].at.group}] IN
  Follows(p) /\ heard # m[p] /\ Only(p, heard)
CommitDue(p) == IsUpToDate(p) /\ HasDue(p) /\ IsSequencing(p) /\ Sequence(p, {}, {})
TakeOver(p) ==
  /\ IsUpToDate(p) /\ HasDue(p) /\ ~IsSequencing(p) /\ \A q \in BeforeUs(p) : ~(WithUs(p, q) /\ HasDue(q))
  /\ Sequence(p, {}, BeforeUs(p))
Expel(p) ==
  LET silent == {q \in Others(p) : ~WithUs(p, q)} IN
  IsUpToDate(p) /\ Active(p) /\ silent # {} /\ BeforeUs(p) \subseteq silent /\ Sequence(p, silent, {})
Depart(p) == m[p].life = "leaving" /\ Only(p, [Newcomer EXCEPT !.life = "gone"])

GotOrder(p, o) ==
  LET verdict == Judge(m[p], o)
      ours == {mine \in Kept(m[p]) : Number(mine.to) = Number(o.to)} IN
  /\ Arrives(o, p)
  /\ \/ /\ verdict = "FOLLOW" /\ Only(p, Advanced(p, m[p], o))
        /\ m[p].offer = o.to \/ Last(o.to).by # p \/ p \in Last(o.to).out     \* else it is ours, and we cannot read it
     \/ verdict = "WE_LOST" /\ Only(p, Asking(GroupLost(m[p]), o.by))
     \/ verdict = "WE_WON" /\ Linked(p, o.by) /\ SendAgain(ours, o.by)

-----------------------------------------------------------------------------
(* Catching up, and coming back: catch_up.py, forks.py, rejoin.py, asking.py *)

Ask(p, q) ==
  /\ Sees(p, q, {"AHEAD", "FORKED"}) /\ Common(m[p], m[q]) # {}
  /\ SendAgain({o \in Kept(m[q]) : Number(o.to) > Max(Common(m[p], m[q]))}, p)
GiveUp(p, q) ==
  /\ Sees(p, q, {"AHEAD"}) /\ \A other \in Members : Sees(p, other, {"AHEAD"}) => Number(m[other].at) <= Number(m[q].at)
  /\ Only(p, Asking(m[p], q))
GiveWay(p, q) ==
  Sees(p, q, {"FORKED"}) /\ StandsHigher(m[q].at, m[p].at) /\ Only(p, Outcast(GroupLost(m[p])))

CanAsk(p) ==
  LET q == m[p].source IN q \in Around(p) /\ p \in Ids(m[q].at.roster) /\ m[p].offer # External(p, m[q].at)
MakeOffer(p) == Only(p, [m[p] EXCEPT !.stage = "OFFERED", !.offer = External(p, m[m[p].source].at)])
AskInfo(p) == m[p].stage = "ASKING" /\ CanAsk(p) /\ MakeOffer(p)
AskAgain(p) == m[p].stage = "OFFERED" /\ CanAsk(p) /\ MakeOffer(p)
Hopeless(p) == m[p].stage # "IDLE" /\ ~CanAsk(p) /\ Only(p, Outcast(m[p]))
Accept(p, q) ==
  LET o == Order(p, m[p].at, m[q].offer) IN
  /\ Linked(p, q) /\ m[q].stage = "OFFERED" /\ IsSequencing(p) /\ q \in Others(p) /\ m[q].offer = External(q, m[p].at)
  /\ m' = [m EXCEPT ![p] = Advanced(p, @, o)] /\ Send(o)
GotAccepted(p, o) == Arrives(o, p) /\ m[p].offer = o.to /\ Only(p, Entered(m[p], o.to))

-----------------------------------------------------------------------------
(* Hazards *)

Strikes(hazard) == hazards[hazard] > 0 /\ hazards' = [hazards EXCEPT ![hazard] = @ - 1]
Crash(p) == Strikes("crash") /\ Here(p) /\ Only(p, [Newcomer EXCEPT !.life = "gone"])
Leave(p) ==
  /\ Strikes("leave") /\ Active(p)
  /\ m' = [q \in Members |->
       IF q = p THEN [m[p] EXCEPT !.life = "leaving"]
       ELSE IF WithUs(q, p) /\ p \in Others(q) THEN [m[q] EXCEPT !.leaving = @ \union {p}] ELSE m[q]]
  /\ UNCHANGED <<orders, lost, side>>
Cut == Strikes("cut") /\ side = {} /\ side' \in SUBSET (Members \ {1}) \ {{}} /\ UNCHANGED <<m, orders, lost>>
Lose ==
  /\ Strikes("loss") /\ \E o \in orders, p \in Members : Arrives(o, p) /\ lost' = lost \union {<<o, p>>}
  /\ UNCHANGED <<m, orders, side>>
Haste(p) ==           \* it takes whoever is before it for gone, or removes somebody who is there
  /\ Strikes("haste") /\ Active(p)
  /\ \/ HasDue(p) /\ ~IsSequencing(p) /\ Sequence(p, {}, {})
     \/ \E q \in Others(p) : WithUs(p, q) /\ Sequence(p, {q}, {})
HalfSend(p) ==        \* sending fails, although it arrives; then what is due will be committed anew
  /\ Strikes("half") /\ HasDue(p) /\ IsSequencing(p) /\ \E digest \in {1, 3} : Send(Change(p, {}, digest))
  /\ UNCHANGED m
CreateAnyway(p) == Strikes("create") /\ Outside(p) /\ Begin(p)                 \* it has heard of nobody yet
EarlyKnock(p) ==      \* it sees no group yet, and would get into any
  Strikes("early") /\ Outside(p) /\ Around(p) = {} /\ m[p].knocked = 0 /\ SayHello(p)
Hazard == Cut \/ Lose \/ \E p \in Members :
  Crash(p) \/ Leave(p) \/ Haste(p) \/ HalfSend(p) \/ CreateAnyway(p) \/ EarlyKnock(p)

-----------------------------------------------------------------------------
(* What happens, and when: session.py, timing.py *)

Quick(p) ==
  \/ Create(p) \/ Knock(p) \/ Hear(p) \/ CommitDue(p) \/ AskInfo(p)
  \/ \E o \in orders : GotOrder(p, o) \/ GotWelcome(p, o) \/ GotAccepted(p, o)
  \/ \E q \in Members : Ask(p, q) \/ Accept(p, q)
Slow(p) ==
  KnockAgain(p) \/ TakeOver(p) \/ AskAgain(p) \/ Hopeless(p) \/ Depart(p) \/ \E q \in Members : GiveUp(p, q)
Slowest(p) == Expel(p) \/ \E q \in Members : GiveWay(p, q)
Heal == side # {} /\ side' = {} /\ UNCHANGED <<m, orders, lost>>

Near(p) == {q \in Members : q = p \/ Linked(p, q)}
NothingQuick(p) == \A q \in Near(p) : ~ENABLED Quick(q)
NothingSlow(p) == \A q \in Near(p) : ~ENABLED Slow(q)
Timely(p) == Quick(p) \/ (NothingQuick(p) /\ (Slow(p) \/ (NothingSlow(p) /\ Slowest(p))))
Next == ((Heal \/ \E p \in Members : Timely(p)) /\ UNCHANGED hazards) \/ Hazard

Start == [group |-> 2, path |-> <<>>, roster |-> {<<p - 1, p>> : p \in Founders}]
Init ==
  /\ m = [p \in Members |->
       IF p \in Founders THEN [Entered(Newcomer, Start) EXCEPT !.knocked = p - 1, !.opened = p - 1] ELSE Newcomer]
  /\ orders = {} /\ lost = {} /\ side = {}
  /\ hazards = [crash |-> Crashes, leave |-> Leaves, cut |-> Cuts, loss |-> Losses,
                haste |-> Hastes, half |-> HalfSends, create |-> Creations, early |-> EarlyKnocks]
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What holds *)

Live == {p \in Members : m[p].life = "here"}
Agreed == \A p \in Live : Active(p) /\ Ids(m[p].at.roster) = Live /\ \A q \in Live : m[p].at = m[q].at
AtRest == side = {} /\ \A p \in Members : ~ENABLED (Quick(p) \/ Slow(p) \/ Slowest(p))

\* Of two commits for one epoch all who follow one of them think the same: one counts.  And at rest there is only one.
OneCommitPerEpoch ==
  \A p, q \in Members : p < q /\ Follows(p) /\ Follows(q) =>
    \A n \in Common(m[p], m[q]) : n < Number(m[p].at) /\ n < Number(m[q].at) =>
      \/ m[p].at.path[n + 1] = m[q].at.path[n + 1]
      \/ {Judge(m[p], Followed(m[q], n + 1)), Judge(m[q], Followed(m[p], n + 1))} = {"WE_WON", "WE_LOST"} /\ ~AtRest
EveryoneBelongs == \A p \in Members : Follows(p) => p \in Ids(m[p].at.roster)
\* Where the network is whole, and nothing happens any more, all who are here are alone together in one epoch.
NobodyIsStuck == Agreed \/ ~AtRest
EpochsAreBounded == \A p \in Members : Number(m[p].at) <= MostEpochs
TheTableIsFollowed ==
  [][\A p \in Members : m[p].stage = m'[p].stage \/ <<m[p].stage, m'[p].stage>> \in Transitions]_m
AllComesToRest == <>[][FALSE]_vars
=============================================================================
