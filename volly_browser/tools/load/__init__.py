"""`build.py load`: a room full of members without a browser, on a LiveKit server of its own, and what that costs.

The members run the code that runs in the page, on CPython and over LiveKit's own SDK.  They live in processes of about
ten (`crew_process`), each with a `crew` that does what the measuring process says; all of them read one clock.
"""
