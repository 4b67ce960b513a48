"""Arguments that may be left out."""


def text_of(value: object) -> str:
    """Return an optional text without surrounding space, empty if it is not given."""
    return value.strip() if isinstance(value, str) else ""
