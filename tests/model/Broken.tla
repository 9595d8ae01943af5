-------------------------------- MODULE Broken --------------------------------
(* What takes the place of a rule, so that the tests see TLC find out: see test_model.py. *)
EXTENDS Sequencer

Nobody(theirs, ours) == FALSE              \* for Beats: nobody ever comes back to another branch
Never(p) == FALSE                          \* for Expel: who is gone stays a member
Always(p) == TRUE                          \* for IsUpToDate: who stands lower lets others into its branch
Unnoticed(p, o) == FALSE                   \* for IsRemoved: a member goes on in a group that it was removed from
NoTransitions == {}                        \* for Transitions: the way back is none at all
Waver(p) ==                                \* for Hear: a member changes its mind for ever
  Follows(p) /\ Only(p, [m[p] EXCEPT !.lower = ~@])
===============================================================================
