"""How frames travel: one contract (`contract`) and its implementations."""
