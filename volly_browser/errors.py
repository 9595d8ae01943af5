"""The two kinds of failure: what this program did wrong, and what arrived from outside and cannot be accepted.

Every error that Volly raises on purpose is one of these.  Its text is a sentence that a person can read.
"""


class VollyError(Exception):
    """Base of every error that Volly raises on purpose."""


class LocalError(VollyError):
    """The caller on this side broke a rule: a wrong option, a call out of order, a missing capability."""


class RemoteError(VollyError):
    """Bytes from outside (network, link, file, configuration) are malformed, not authentic, or not for now."""
