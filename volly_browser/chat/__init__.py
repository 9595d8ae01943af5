"""A conversation as data: no DOM, no sentences.  The page, programs and the terminal show the same."""
