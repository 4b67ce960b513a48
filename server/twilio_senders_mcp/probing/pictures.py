"""What the first bytes of a picture tell."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

HEAD_MAX: Final = 256 << 10
"""How much of a picture is kept to read its header, in bytes."""

_KINDS: Final = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"RIFF": "webp",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its real kind, the type that the server declares, its pixels and its bytes.

    ``kind`` is empty if it is no picture of a known kind; ``size`` is None if the server does not
    say it and more than the limit was sent. Zero pixels are unknown.
    """

    kind: str
    declared: str
    width: int
    height: int
    size: int | None


def read_picture(head: bytes, declared: str, size: int | None) -> Picture:
    """Return what the first bytes of a response tell about the picture in it."""
    kind = next((kind for start, kind in _KINDS.items() if head.startswith(start)), "")
    width, height = _pixels(head) if kind else (0, 0)
    return Picture(kind, declared.partition(";")[0].strip().lower(), width, height, size)


def _pixels(head: bytes) -> tuple[int, int]:
    import imagesize  # noqa: PLC0415 - keeps startup fast  # pyright: ignore[reportMissingTypeStubs] - it has no stubs

    try:
        width, height = imagesize.get(BytesIO(head))  # pyright: ignore[reportUnknownMemberType] - as above
    # Others wrote the bytes, and the library does not say what it raises.
    except Exception:  # noqa: BLE001  # pragma: no cover - no such bytes are known
        return 0, 0
    return max(0, int(width)), max(0, int(height))
