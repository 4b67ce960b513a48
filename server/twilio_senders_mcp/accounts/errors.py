"""Why an account cannot be used, as types with data."""

from twilio_senders_mcp.twilio.errors import TwilioError


class SubaccountsUnavailable(Exception):  # noqa: N818 - a state, not an error
    """The subaccounts of the account called ``parent`` cannot be read."""

    def __init__(self, parent: str, cause: TwilioError) -> None:
        super().__init__(parent)
        self.parent = parent
        self.cause = cause


class UnknownAccount(Exception):  # noqa: N818 - as above
    """There is no account with the given name.

    ``nearest`` is the most similar name, if there is one. ``unavailable`` tells whose subaccounts
    could not be read, so that the account may be one of them.
    """

    def __init__(self, nearest: str | None, unavailable: list[SubaccountsUnavailable]) -> None:
        super().__init__()
        self.nearest = nearest
        self.unavailable = unavailable


class ReadOnlyAccount(Exception):  # noqa: N818 - as above
    """The account may only be read."""
