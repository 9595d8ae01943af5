"""`build.py bench`: Volly measured against its peers, in the same browser and the same run.

One module a measurement.  A figure means nothing outside of the machine it was taken on, so every claim is a ratio of
two figures whose samples were taken in turns, round by round.
"""

from volly_browser.tools.bench.runner import run

__all__ = ["run"]
