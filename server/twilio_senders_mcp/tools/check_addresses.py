"""The part of a check-up that looks at addresses and pictures from this machine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio

from twilio_senders_mcp.probing.errors import ProbeFailed, Reason
from twilio_senders_mcp.probing.prober import SECONDS_MAX, Answer, Prober
from twilio_senders_mcp.probing.targets import Unprobeable, read_target
from twilio_senders_mcp.senders.addresses import Address, addresses_of
from twilio_senders_mcp.senders.fields import channel_of
from twilio_senders_mcp.senders.finding import Finding, State
from twilio_senders_mcp.senders.picture_rules import PictureFacts, picture_findings
from twilio_senders_mcp.senders.status import is_online
from twilio_senders_mcp.twilio.responses import Sender

ADDRESSES_MAX: Final = 12
"""How many addresses of a sender are looked at."""

LOOKING_SECONDS: Final = 22.0
"""How long that may take: some may have to wait for those of other calls."""

_SOON: Final = timedelta(days=14)
_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_GONE: Final = (404, 410)
_PUBLIC: Final = "Set an https URL that can be reached from the public internet."
_CERTIFICATE: Final = (
    "Install a certificate for this host from a public authority, together with its chain."
)

_REASONS: Final[dict[Reason, tuple[State, str, str]]] = {
    "not_absolute": ("fail", "is not an absolute http(s) URL", _PUBLIC),
    "user_info": (
        "unknown",
        "contains a user name or a password, which this server does not send, so it was not opened",
        "",
    ),
    "odd_host": ("fail", "has a host that is not a valid name or IP address", _PUBLIC),
    "local_name": ("fail", "has a host name that exists only in local networks", _PUBLIC),
    "reserved_name": ("fail", "has a host name that is reserved for examples and tests", _PUBLIC),
    "private_address": ("fail", "leads to an IP address that is not public", _PUBLIC),
    "port": ("unknown", "has a port that this server does not open", ""),
    "dns": (
        "fail",
        "has a host name that does not resolve from here",
        "Add a public DNS record, or correct the name.",
    ),
    "refused": ("fail", "refuses the connection", "Check that the server is running."),
    "network": ("fail", "cannot be reached from here", "Check the server and its firewall."),
    "timeout": (
        "fail",
        f"did not respond within {SECONDS_MAX:.0f} s",
        "Check the server and its firewall.",
    ),
    "tls": (
        "fail",
        "does not complete a TLS handshake",
        "Check the server's TLS versions and ciphers.",
    ),
    "certificate_expired": (
        "fail",
        "has a certificate that has expired or is not valid yet",
        "Renew the certificate.",
    ),
    "certificate_host": ("fail", "has a certificate for another host", _CERTIFICATE),
    "certificate_self_signed": ("fail", "has a self-signed certificate", _CERTIFICATE),
    "certificate_untrusted": (
        "fail",
        "has a certificate that no trusted authority issued, or that lacks its chain",
        _CERTIFICATE,
    ),
    "protocol": ("fail", "does not respond with HTTP", "Check the port and the server."),
    "redirects": ("fail", "redirects too often", "Set the URL where the redirects end."),
}


def missing_https(sender: Sender) -> Iterator[Finding]:
    """Yield a warning for each address that is not https."""
    for address in addresses_of(sender):
        if address.url.lower().startswith("http://"):
            yield Finding(
                check="address",
                state="warn",
                found=f"{address.name}: {{}} does not use https, so the traffic is not encrypted.",
                cure="Use https.",
                page=_page(address),
                outside=(address.url,),
            )


def unusable_addresses(sender: Sender, *, sandbox: bool) -> tuple[list[Finding], list[Address]]:
    """Return what the URLs alone tell, and the addresses that can be looked at.

    In the sandbox this machine may be named, and names in examples are not a failure.
    """
    findings: list[Finding] = []
    usable: list[Address] = []
    examples = 0
    for address in addresses_of(sender):
        try:
            read_target(address.url, allow_loopback=sandbox)
        except Unprobeable as error:
            if sandbox and error.problem == "reserved_name":
                examples += 1
            else:
                findings.append(_failed(address, sender, error.problem))
        else:
            usable.append(address)
    if examples:
        plural = "" if examples == 1 else "es"
        found = f"{examples} address{plural} with example names, which the sandbox does not open."
        findings.append(Finding(check="address", state="skipped", found=found))
    return findings, usable


async def look_at(addresses: list[Address], sender: Sender, prober: Prober) -> list[Finding]:
    """Look at addresses side by side, and return the findings in their order."""
    found: dict[int, list[Finding]] = {}

    async def look(position: int, address: Address) -> None:
        found[position] = [*await _look_at(address, sender, prober)]

    with anyio.move_on_after(LOOKING_SECONDS):
        async with anyio.create_task_group() as looking:
            for position, address in enumerate(addresses[:ADDRESSES_MAX]):
                looking.start_soon(look, position, address)
    findings = [one for position in sorted(found) for one in found[position]]
    if (more := len(addresses) - len(found)) > 0:
        plural = "" if more == 1 else "es"
        findings.append(
            Finding(
                check="address",
                state="skipped",
                found=f"{more} more address{plural} not opened: too many at once.",
            )
        )
    return findings


async def _look_at(address: Address, sender: Sender, prober: Prober) -> list[Finding]:
    try:
        if address.kind != "picture":
            return list(_answered(address, sender, await prober.look(address.url)))
        answer = await prober.look_at_picture(address.url)
    except ProbeFailed as error:
        return [_failed(address, sender, error.reason, redirected=error.redirected)]
    findings = list(_answered(address, sender, answer))
    picture = answer.picture
    if answer.status < _ERROR and picture is not None:
        facts = PictureFacts(
            picture.kind, picture.declared, picture.width, picture.height, picture.size
        )
        findings += [
            one for name in address.fields for one in picture_findings(name, facts, sender)
        ]
    return findings


def _answered(address: Address, sender: Sender, answer: Answer) -> Iterator[Finding]:
    state, remark = _of_status(address, sender, answer.status)
    facts = [f"responds with HTTP {answer.status}{remark}"]
    cure = "" if state in ("pass", "unknown") else "Correct the URL, or what the server responds."
    if answer.redirects:
        facts.append(f"after {answer.redirects} redirect{'' if answer.redirects == 1 else 's'}")
    if address.url.lower().startswith("https://") and not answer.encrypted:
        state = "warn" if state == "pass" else state
        facts.append("to a URL without https")
        cure = cure or "Make it redirect to https URLs only."
    yield Finding(
        check="address",
        state=state,
        found=f"{address.name}: {{}} {' '.join(facts)}.",
        cure=cure,
        page=_page(address),
        outside=(address.url,),
    )
    end = answer.certificate_end
    if end is not None and end - datetime.now(UTC) < _SOON:
        yield Finding(
            check="address",
            state="warn",
            found=f"{address.name}: the certificate of {{}} expires on {end:%Y-%m-%d}.",
            cure="Renew the certificate.",
            page=_page(address),
            outside=(address.url,),
        )


def _of_status(address: Address, sender: Sender, status: int) -> tuple[State, str]:
    if status < _ERROR:
        return "pass", ""
    if address.kind == "webhook":
        return "unknown", " to a GET; many webhooks accept only POST"
    if address.kind == "picture" or status in _GONE or status >= _SERVER_ERROR:
        return _failure_of(address, sender), ""
    return "unknown", ", which may only mean that it refuses programs"


def _failure_of(address: Address, sender: Sender) -> State:
    """Return how bad it is that an address does not work.

    Twilio needs the webhooks at all times. Of the others, only those with which an RCS sender is
    launched keep it from working.
    """
    launching = channel_of(sender) == "rcs" and not is_online(sender)
    needed = launching and not set(address.fields) <= {"profile.websites"}
    return "fail" if address.kind == "webhook" or needed else "warn"


def _failed(
    address: Address, sender: Sender, reason: Reason, *, redirected: bool = False
) -> Finding:
    state, found, cure = _REASONS[reason]
    if state == "fail":
        state = _failure_of(address, sender)
    via = "redirects to an address that " if redirected else ""
    return Finding(
        check="picture" if address.kind == "picture" else "address",
        state=state,
        found=f"{address.name}: {{}} {via}{found}.",
        cure=cure,
        page=_page(address),
        outside=(address.url,),
    )


def _page(address: Address) -> str:
    return "topics/webhooks" if address.kind == "webhook" else "topics/checks"
