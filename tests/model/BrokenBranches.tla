---------------------------- MODULE BrokenBranches ----------------------------
(* What takes the place of a rule of Branches.tla, so that the tests see TLC find out: see test_model.py. *)
EXTENDS Branches

Always(p, q) == TRUE                       \* for Expects: an answer to any question counts; for IsMet: strangers do
Unsigned(o) == TRUE                        \* for IsSigned
Never(times) == FALSE                      \* for IsEnough: one asks on and on
EndsPast(o, r) ==                          \* for Ends: an order of an epoch that has passed is followed, too
  o # <<>> /\ HasPassed(r, Front(o)) /\ ~HasPassed(r, o)
OpensAgain(p, o) ==                        \* for Opens: a key package is used more than once
  \E join \in Last(o).in : join.who = p /\ join.knock \in 1..m[p].knocked
Undecided(a, b) == Cardinality(a) > Cardinality(b)      \* for Outweighs: of two that are as heavy, none gives way
Polite(a, b) ==                            \* or both do
  Cardinality(a) > Cardinality(b) \/ (Cardinality(a) = Cardinality(b) /\ a # b)
FromAnybody(p, by) ==                      \* for Takes: the forger's Welcome counts as much as a member's
  ~Follows(p) \/ (m[p].target # Nowhere /\ (Others(p) = {} \/ Better(p) # {}))
=============================================================================
