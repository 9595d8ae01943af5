"""The way into the group: knocks, key packages, questions."""
