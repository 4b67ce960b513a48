"""Why an address could not be looked at, as a type with data."""

from typing import Literal

from .targets import Problem

Reason = (
    Problem
    | Literal[
        "dns",
        "refused",
        "network",
        "timeout",
        "tls",
        "certificate_expired",
        "certificate_host",
        "certificate_self_signed",
        "certificate_untrusted",
        "protocol",
        "redirects",
    ]
)
"""``protocol``: the response is no HTTP. ``redirects``: there are too many of them."""


class ProbeFailed(Exception):  # noqa: N818 - what was seen, not an error of this program
    """An address did not respond as it should. ``redirected`` is true if a redirect led there."""

    def __init__(self, reason: Reason, *, redirected: bool = False) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.redirected = redirected
