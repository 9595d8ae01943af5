-------------------------------- MODULE Broken --------------------------------
(* What takes the place of a rule, so that the tests see TLC find out: see test_model.py. *)
EXTENDS Sequencer

Nobody(theirs, ours) == FALSE              \* for Weighs: nobody ever goes to another branch
EvenIfEqual(theirs, ours) ==               \* for Weighs: as many are as good a reason to go
  Cardinality(theirs) >= Cardinality(ours)
Never(p) == FALSE                          \* for Expel, IsBound, Waits, Vain
NeverAsk(p, q) == FALSE                    \* for Ask
Unnoticed(p, o) == FALSE                   \* for IsRemoved: a member goes on in a group that it was removed from
WhateverItEnds(o, epoch) ==                \* for Ends: an order is followed in another epoch with the same number
  o.group = epoch.group /\ Number(o) = Number(epoch) + 1
Hearsay(p) ==                              \* for Proved: what is claimed counts as if it was proved
  m[p].proofs \union {[who |-> q, at |-> m[p].claim.at, first |-> 0] : q \in m[p].claim.who}
===============================================================================
