"""What people paste and open, for both that read it: room/invite_text.py and web/entry/invite.mjs."""

import base64

from volly_browser.room.invite import Invite
from volly_browser.room.invite_text import Fault

INVITE = Invite.create(random=lambda length: bytes(range(length)))
GOOD = INVITE.fragment
LINK = f"https://volly.example/#{GOOD}"
WITH_HISTORY = Invite.create(random=lambda length: bytes(range(length)), history=50)
ENDS_IN_A_DASH = Invite("hybrid", bytes([9]) + bytes(31))
ENDS_IN_A_LINE = Invite("hybrid", bytes([72]) + bytes(31))

_MIDDLE = 25
_START, _END = LINK[: -len(GOOD)] + GOOD[:_MIDDLE], GOOD[_MIDDLE:]
_OTHER = "v1." + "A" * 48


def _saying(history: int) -> str:
    """`WITH_HISTORY`, changed on its way so that it says so many messages."""
    packed = bytearray(base64.urlsafe_b64decode(WITH_HISTORY.fragment[3:]))
    packed[33:35] = history.to_bytes(2, "big")
    return f"v2.{base64.urlsafe_b64encode(packed).decode()}"


def _full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


FOUND = {
    "a link": LINK,
    "a fragment": f"#{GOOD}",
    "what follows the #": GOOD,
    "in spaces": f" \n\t{LINK}\u00a0 ",
    "two #": f"https://a.example/#b#{GOOD}",
    "in a sentence": f"Hi, come to {LINK} at eight.",
    "ends the sentence": f"Come to {LINK}.",
    "in a sentence of Chinese": f"请打开{LINK}。谢谢",
    "in round brackets": f"(see {LINK})",
    "in square brackets": f"[{LINK}]",
    "in angle brackets": f"<{LINK}>",
    "in quotes": f"'{LINK}', \"{LINK}\";",
    "in a markdown link": f"[come in]({LINK}) please",
    "in bold markdown": f"**{LINK}**",
    "in slanted markdown": f"_{LINK}_",
    "in code": f"`{LINK}`",
    "in HTML": f'<a href="{LINK}">come in</a>',
    "facebook was here": f"{LINK}&fbclid=IwAR0x_y-z",
    "a newsletter was here": f"{LINK}?utm_source=mail",
    "another newsletter was here": f"{LINK}&utm_source=mail&utm_medium=x",
    "letters at the end": f"{LINK}x",
    "%23": f"https://volly.example/%23{GOOD}",
    "%2523": f"https://volly.example/%2523{GOOD}",
    "%252523": f"https://volly.example/%252523{GOOD}",
    "a path": f"/%23{GOOD}",
    "a redirect": f"https://safelinks.example/?url=https%3A%2F%2Fvolly.example%2F%23{GOOD}&data=05%7C01",
    "everything encoded": "%23" + "".join(f"%{ord(letter):02X}" if letter in ".-_" else letter for letter in GOOD),
    "a line break": f"{_START}\n{_END}",
    "a line break of Windows": f"{_START}\r\n{_END}",
    "quoted": f"> {_START}\n> {_END}",
    "quoted twice": f">> {_START}\r\n>> {_END}\r\n>> bye",
    "quoted-printable": f"{_START}=\r\n{_END}",
    "spaces within": f"{_START}  {_END}",
    "an encoded space": f"{_START}%20{_END}",
    "a break before": LINK.replace("#", "#\n"),
    "a break after the version": LINK.replace("v1.", "v1.\n"),
    "a soft hyphen": f"{_START}\u00ad{_END}",
    "encoded soft hyphens": LINK[:-48] + "%C2%AD".join(LINK[-48:]),
    "letters of no width": "\u200b".join(LINK),
    "a byte order mark and joiners": f"\ufeff{_START}\u2060\u200d{_END}",
    "an escape of markdown": f"{_START}\\{_END}",
    "full width": _full_width(LINK),
    "full width behind an encoded #": f"%23{_full_width(GOOD)}",
    "mathematical letters": "".join(chr(0x1D5A0 + ord(c) - 65) if c.isupper() else c for c in GOOD),
    "after a wrong one": f"not #{_OTHER} but {LINK}",
    "after a short one": f"#v1.abc {LINK}",
    "after a newer one": f"#v3.abc {LINK}",
    "after a short one of the other kind": f"#v2.abc {LINK}",
    "after many versions": "v1.2 " * 60 + LINK,
    "twice": f"{LINK} {LINK}",
}
"""Texts in which `INVITE` is found."""

FOUND_WITH_HISTORY = {name: text.replace(GOOD, WITH_HISTORY.fragment) for name, text in FOUND.items() if GOOD in text}
"""Texts in which `WITH_HISTORY` is found."""

OLD = {
    ENDS_IN_A_DASH: f"{ENDS_IN_A_DASH.fragment} now",
    ENDS_IN_A_LINE: f"https://volly.example/#{ENDS_IN_A_LINE.fragment}.",
}
"""Links as they were made once, ending in what programs leave out."""

REFUSED = {
    "": Fault.EMPTY,
    "#": Fault.EMPTY,
    "https://volly.example/#": Fault.EMPTY,
    "https://volly.example/# ": Fault.EMPTY,
    "hello": Fault.NONE,
    "https://volly.example/": Fault.NONE,
    "https://volly.example/#top": Fault.NONE,
    "Python v1.2 came out": Fault.NONE,
    "https://files.example/app-v1.2.3.zip": Fault.NONE,
    "rev1.": Fault.NONE,
    GOOD[3:]: Fault.NONE,
    "#v3.abc": Fault.NEWER,
    f"https://volly.example/#v3.{GOOD[3:]}": Fault.NEWER,
    "#v2.abc": Fault.SHORT,
    f"https://volly.example/#v2.{GOOD[3:]}": Fault.SHORT,
    f"v1.{WITH_HISTORY.fragment[3:]}": Fault.CHANGED,
    f"{WITH_HISTORY.fragment[:-1]}x": Fault.CHANGED,
    _saying(51): Fault.CHANGED,
    _saying(0): Fault.UNKNOWN_POLICY,  # that room has another link
    _saying(501): Fault.UNKNOWN_POLICY,
    "/%23v12.abc": Fault.NEWER,
    "v1.": Fault.SHORT,
    GOOD[:-1]: Fault.SHORT,
    GOOD[:-4]: Fault.SHORT,
    f"{GOOD[:-1]}*": Fault.SHORT,
    f"{GOOD[:-1]} and some words": Fault.SHORT,
    f"/%23{GOOD[:30]}": Fault.SHORT,
    f"come to {LINK[:-5]}\nplease": Fault.SHORT,
    f"{GOOD[:_MIDDLE]}ü{GOOD[_MIDDLE:]}": Fault.STRANGE,
    f"{GOOD[:_MIDDLE]}…{GOOD[_MIDDLE + 1 :]}": Fault.STRANGE,
    f"{GOOD[:-1]}Y": Fault.CHANGED,
    f"#{_OTHER[:-2]}xx": Fault.UNKNOWN_POLICY,
    f"v1.Ag{GOOD[5:]}": Fault.CHANGED,  # the check holds the policy, too
    f"{LINK[:-1]}Y.": Fault.CHANGED,
    f"v1.9{GOOD[4:]}": Fault.UNKNOWN_POLICY,
}
"""Texts without an invite, and what is said of them."""

HEAVY = {
    "marks": "v1." * 350_000,
    "invites": ("v1." + "A" * 48) * 20_000,
    "different invites": "".join(f"v1.{number:048}" for number in range(20_000)),
    "spaces": " " * 1_000_000,
    "starts": "v " * 500_000,
    "gaps": ("v" + " " * 8) * 110_000,
    "encoded": "%23" * 350_000,
    "encoded after a mark": "v1." + "%25" * 350_000,
    "lines": "v1.\n" * 250_000,
    "ligatures": "v1.\ufdfa" * 250_000,
    "full width": "ｖ" * 1_000_000,  # noqa: RUF001
}
"""A megabyte each, for the clock."""
