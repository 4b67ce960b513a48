"""The reasons why a sender is offline, as Twilio gives them."""

from typing import cast

from twilio_senders_mcp.twilio.responses import Sender


def offline_codes(sender: Sender) -> list[str]:
    """Return the codes of the offline reasons, each once; a reason without one is ``unknown``."""
    reasons: object = sender.get("offline_reasons")
    if not isinstance(reasons, list):
        return []
    codes: dict[str, None] = {}
    for reason in cast("list[object]", reasons):
        if isinstance(reason, dict):
            codes[str(cast("dict[str, object]", reason).get("code") or "unknown")] = None
    return list(codes)
