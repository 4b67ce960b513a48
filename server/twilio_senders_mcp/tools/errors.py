"""The failures of a tool itself, as types with data; `.failure` writes their messages."""

from dataclasses import dataclass

from twilio_senders_mcp.twilio.responses import Sender


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem with the arguments: its path, what was expected, and the closest valid spelling.

    ``on_page`` is true if the tool's page of the reference explains the problem.
    """

    path: str
    expected: str
    suggestion: str | None = None
    on_page: bool = False


class InvalidArguments(Exception):  # noqa: N818 - named for what the caller sent
    """The arguments are invalid. ``total`` may exceed the number of issues listed.

    ``compared`` is true if a sender was read from Twilio to check them; otherwise nothing was sent.
    """

    def __init__(self, issues: list[Issue], total: int, *, compared: bool = False) -> None:
        super().__init__([issue.path for issue in issues])
        self.issues = issues
        self.total = total
        self.compared = compared


class AlreadyRegistered(Exception):  # noqa: N818 - a state, not an error
    """The account already has the sender to be registered."""

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        self.sender = sender


class ConsentMissing(Exception):  # noqa: N818 - what a person did, not an error
    """No person agreed to ``what``, such as ``deleting whatsapp:+15550100002``."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class Declined(ConsentMissing):
    """A person was asked and said no."""


class Cancelled(ConsentMissing):
    """The question was closed without an answer, by a person or by the client itself."""


class NotConfirmed(ConsentMissing):
    """A person was asked to type a certain text and typed something else."""


class Unanswered(ConsentMissing):
    """The response to the question cannot be read."""


class KeepsChanging(ConsentMissing):
    """The sender had changed each time a person agreed."""


class CannotAsk(ConsentMissing):
    """A person must be asked, but the client cannot show a question."""
