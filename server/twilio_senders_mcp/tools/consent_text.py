"""What a caller is told if no person agreed."""

from typing import Final

from .errors import (
    Cancelled,
    CannotAsk,
    ConsentMissing,
    Declined,
    KeepsChanging,
    NotConfirmed,
    Unanswered,
)


def consent_text(error: ConsentMissing) -> tuple[str, str]:
    """Return the kind of failure, and its message."""
    kind, message = _MESSAGES[type(error)]
    return kind, message.format(what=error.what)


_MESSAGES: Final[dict[type[ConsentMissing], tuple[str, str]]] = {
    Declined: (
        "declined",
        (
            "A person was asked about {what} and said no. Nothing changed. "
            "Do not try again unless the person asks for it."
        ),
    ),
    Cancelled: (
        "cancelled",
        (
            "The question about {what} was closed without an answer. Nothing changed. "
            "A person can call again and answer. If the AI tool closes every question by itself, "
            "a person can start the server with TWILIO_SENDERS_CONFIRM=never, "
            "or do this in the Twilio Console."
        ),
    ),
    NotConfirmed: (
        "not_confirmed",
        (
            "A person was asked about {what} and did not type the requested text. "
            "Nothing changed. Call again only if the person wants to try again."
        ),
    ),
    Unanswered: (
        "unanswered",
        (
            "A person should have been asked about {what}, but the response of the AI tool "
            "could not be read. Nothing changed. Ask the person, then call again."
        ),
    ),
    KeepsChanging: (
        "keeps_changing",
        (
            "The sender changed each time a person agreed to {what}. Nothing changed by this call. "
            "Wait until it settles, then call again."
        ),
    ),
    CannotAsk: (
        "cannot_ask",
        (
            "A person must be asked about {what}, but this AI tool cannot ask. Nothing changed. "
            "Use an AI tool that supports MCP elicitation, or a person can start the server with "
            "TWILIO_SENDERS_CONFIRM=never."
        ),
    ),
}
