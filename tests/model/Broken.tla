-------------------------------- MODULE Broken --------------------------------
(* What takes the place of a rule, so that the tests see TLC find out: see test_model.py. *)
EXTENDS Sequencer

Never(p) == FALSE                          \* for Expel, IsBound, Vain
Unnoticed(p, o) == FALSE                   \* for IsRemoved: a member goes on in a group that it was removed from
Hearsay(p) ==                              \* for Proved: what is claimed counts as if it was proved
  m[p].proofs \union {[who |-> q, at |-> m[p].claim.at, first |-> 0] : q \in m[p].claim.who}
===============================================================================
