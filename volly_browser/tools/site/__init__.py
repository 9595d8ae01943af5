"""Building the static site: everything that a browser loads, from locked sources, the same bytes every time."""
