"""How long to wait for Twilio, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds.

    ``poll`` is the first interval at which a sender is read until it settles, and ``settle`` how
    long that may take. After a crash a request that may have left gets ``arrive`` to show.
    """

    poll: float
    settle: float
    arrive: float = 5.0
