"""How one gets in: knocks, key packages, questions."""
