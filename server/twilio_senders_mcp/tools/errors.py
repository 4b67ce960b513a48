"""What can go wrong in a tool itself, as types with data; `.failure` finds the words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with the arguments: where, what was expected, the nearest valid spelling."""

    path: str
    expected: str
    suggestion: str | None = None


class InvalidArguments(Exception):  # noqa: N818 - named for what the caller sent
    """The arguments do not fit. ``total`` may exceed the issues listed.

    ``compared`` says that Twilio was asked, read-only, to find that out; else nothing was sent.
    """

    def __init__(self, issues: list[Issue], total: int, *, compared: bool = False) -> None:
        super().__init__([issue.path for issue in issues])
        self.issues = issues
        self.total = total
        self.compared = compared


class Declined(Exception):  # noqa: N818 - what a person did, not an error
    """A person was asked and did not agree to ``what``."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Unanswered(Exception):  # noqa: N818 - as Declined
    """A person should have been asked, and the response to the question cannot be read."""
