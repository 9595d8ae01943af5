"""The two kinds of failure: what arrived from outside and cannot be accepted, and all others.

Every error that Volly raises on purpose is one of these.  Its text is a sentence that a person can read.
"""


class VollyError(Exception):
    """Base of every error that Volly raises on purpose."""


class LocalError(VollyError):
    """What was asked for on this side cannot be done: a wrong option or link, a call out of order, no server."""


class RemoteError(VollyError):
    """What a peer sent is malformed, not authentic, or not for now; only what it was sent for fails."""
