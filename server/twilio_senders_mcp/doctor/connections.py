"""Whether Twilio's hosts can be reached over TLS, and how far apart the clocks are.

The requests are those of the server itself, so that a proxy and the certificates of this machine
count as they do there. They are not signed: any response will do.
"""

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import anyio

from twilio_senders_mcp.tools.twilio_failure import describe_cause
from twilio_senders_mcp.twilio.errors import TwilioError
from twilio_senders_mcp.twilio.messages import Request, http_date
from twilio_senders_mcp.twilio.transport import Transport

from .diagnosis import Diagnosis

CONNECTION_SECONDS: Final = 10.0
_CURE: Final = "Check the network and any proxy, then run doctor again."
SKEW_SECONDS: Final = 60
"""The difference of clocks that is reported, in seconds.

``Date`` has whole seconds and the response may take some, so that a few mean nothing. From about a
minute on, the periods in which alerts are looked up and the validity of certificates and tokens are
noticeably off.
"""


async def check_connection(url: str, *, clock: Callable[[], float] = time.time) -> Diagnosis:
    """Send one unsigned request to ``url``. ``clock`` is the local one, in seconds."""
    host = urlsplit(url).netloc
    transport = Transport(url, timeout=CONNECTION_SECONDS, connections=1)
    began, sent = anyio.current_time(), clock()
    try:
        response = await transport.send(Request("GET", "/"), None, began + CONNECTION_SECONDS)
    except TwilioError as error:
        found, _, cure = describe_cause(error).partition(". ")
        return Diagnosis(host, "problem", f"{found.rstrip('.')}.", cure or _CURE)
    finally:
        await transport.aclose()
    elapsed = anyio.current_time() - began
    secured = "over TLS" if url.startswith("https://") else "without TLS, on this machine"
    found = f"It responds {secured} after {elapsed * 1000:.0f} ms"
    date = http_date(response.date or "")
    if date is None:
        return Diagnosis(host, "ok", f"{found}; it does not tell its time.")
    skew = sent + elapsed / 2 - date
    if abs(skew) <= SKEW_SECONDS:
        return Diagnosis(host, "ok", f"{found}; the clocks agree.")
    direction = "ahead of" if skew > 0 else "behind"
    return Diagnosis(
        host,
        "warning",
        f"{found}, but the clock of this machine is {abs(skew):.0f} s {direction} its own.",
        "Set the clock of this machine, for example by NTP.",
    )
