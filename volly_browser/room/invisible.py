"""Invisible characters, as pieces of a regular expression's character class."""

IGNORABLE = (
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164"
    "\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point: joiners, fillers, bidi marks, tags, and reserved ones."""

SPACE = "\\0-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
"""White space and controls."""

BLANK = "\\u2800\\ufff9-\\ufffc\\U00013430-\\U0001343f\\U00016fe4\\U0001d159"
"""Characters with width and no ink: the empty Braille pattern, annotation marks, joints and fillers of old scripts."""
