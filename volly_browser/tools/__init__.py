"""What `build.py` dispatches to: set-up, the site, the servers for one machine, tests and measurements.  CPython only.

`console`, `cache`, `environment`, `node`, `livekit`, `verbs` use the standard library alone, because they run before
anything is installed.
"""
