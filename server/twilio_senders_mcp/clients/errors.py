"""What can prevent a client's configuration from being changed; nothing was written then."""


class ClientError(Exception):
    """A configuration cannot be changed; the text says why to a person, without any secret."""


class ClientUsageError(ClientError):
    """What was asked for cannot be done with this client or in this shell."""


class UnreadableTextError(Exception):
    """A text is not valid in its format, or its structure is not the expected one.

    ``line`` and ``column`` begin with 1; ``reason`` completes "line 3, column 5: …".
    """

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line = line
        self.column = column


def place(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column of a position in ``text``, both beginning with 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
