"""The part of a check-up that looks at addresses and pictures from this machine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio

from twilio_senders_mcp.probing.errors import ProbeFailed, Reason
from twilio_senders_mcp.probing.prober import SECONDS_MAX, Answer, Prober
from twilio_senders_mcp.probing.targets import Unprobeable, read_target
from twilio_senders_mcp.senders.addresses import Address, addresses_of
from twilio_senders_mcp.senders.finding import Finding, State
from twilio_senders_mcp.senders.picture_rules import PictureFacts, picture_findings
from twilio_senders_mcp.twilio.responses import Sender

ADDRESSES_MAX: Final = 12
"""How many addresses of a sender are looked at."""

_SOON: Final = timedelta(days=14)
_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_GONE: Final = (404, 410)
_PUBLIC: Final = "Set an https address that the public internet can reach."
_CERTIFICATE: Final = "Install a certificate of a public authority for this host, with its chain."

_REASONS: Final[dict[Reason, tuple[State, str, str]]] = {
    "not_absolute": ("fail", "is no absolute http(s) address", _PUBLIC),
    "user_info": (
        "unknown",
        "contains a user name or a password, which are not sent from here, so it was not opened",
        "",
    ),
    "odd_host": ("fail", "has a host that is no usual name or address", _PUBLIC),
    "local_name": ("fail", "names a host that only a local network knows", _PUBLIC),
    "reserved_name": ("fail", "names a host that exists only in examples and tests", _PUBLIC),
    "private_address": ("fail", "leads to an address that is not public", _PUBLIC),
    "port": ("unknown", "names a port at which it was not opened from here", ""),
    "dns": (
        "fail",
        "has a host name that does not resolve from here",
        "Give it a public DNS record, or correct the name.",
    ),
    "refused": ("fail", "refuses the connection", "Check that the server is running."),
    "network": ("fail", "cannot be connected to from here", "Check the server and its firewall."),
    "timeout": (
        "fail",
        f"did not respond within {SECONDS_MAX:.0f} s",
        "Check the server and its firewall.",
    ),
    "tls": (
        "fail",
        "makes no TLS connection that can be trusted",
        "Check its TLS versions and ciphers.",
    ),
    "certificate_expired": ("fail", "has a certificate that is not valid now", "Renew it."),
    "certificate_host": ("fail", "has a certificate for another host", _CERTIFICATE),
    "certificate_self_signed": ("fail", "has a self-signed certificate", _CERTIFICATE),
    "certificate_untrusted": (
        "fail",
        "has a certificate that leads to no trusted authority",
        _CERTIFICATE,
    ),
    "protocol": ("fail", "does not respond with HTTP", "Check the port and the server."),
    "redirects": ("fail", "redirects too often", "Set the address where the redirects end."),
}


def missing_https(sender: Sender) -> Iterator[Finding]:
    """Yield a warning for each address that is not https."""
    for address in addresses_of(sender):
        if address.url.lower().startswith("http://"):
            yield Finding(
                check="address",
                state="warn",
                found=f"{address.name}: {{}} is not https, so others on the way can read along.",
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
                findings.append(_failed(address, error.problem))
        else:
            usable.append(address)
    if examples:
        found = f"{examples} addresses of example names, which the sandbox does not open."
        findings.append(Finding(check="address", state="skipped", found=found))
    return findings, usable


async def look_at(addresses: list[Address], sender: Sender, prober: Prober) -> list[Finding]:
    """Look at addresses side by side, and return the findings in their order."""
    found: dict[int, list[Finding]] = {}

    async def look(position: int, address: Address) -> None:
        found[position] = [*await _look_at(address, sender, prober)]

    async with anyio.create_task_group() as looking:
        for position, address in enumerate(addresses[:ADDRESSES_MAX]):
            looking.start_soon(look, position, address)
    findings = [one for position in sorted(found) for one in found[position]]
    if (more := len(addresses) - ADDRESSES_MAX) > 0:
        findings.append(
            Finding(
                check="address",
                state="skipped",
                found=f"{more} more addresses were not looked at.",
            )
        )
    return findings


async def _look_at(address: Address, sender: Sender, prober: Prober) -> list[Finding]:
    try:
        if address.kind != "picture":
            return list(_answered(address, await prober.look(address.url)))
        answer = await prober.look_at_picture(address.url)
    except ProbeFailed as error:
        return [_failed(address, error.reason, redirected=error.redirected)]
    findings = list(_answered(address, answer))
    picture = answer.picture
    if answer.status < _ERROR and picture is not None:
        facts = PictureFacts(
            picture.kind, picture.declared, picture.width, picture.height, picture.size
        )
        findings += [
            one for name in address.fields for one in picture_findings(name, facts, sender)
        ]
    return findings


def _answered(address: Address, answer: Answer) -> Iterator[Finding]:
    state, remark = _of_status(address, answer.status)
    facts = [f"responds with HTTP {answer.status}{remark}"]
    cure = "" if state in ("pass", "unknown") else "Correct the address, or the server."
    if answer.redirects:
        facts.append(f"after {answer.redirects} redirect{'' if answer.redirects == 1 else 's'}")
    if address.url.lower().startswith("https://") and not answer.encrypted:
        state = "warn" if state == "pass" else state
        facts.append("to an address without https")
        cure = cure or "Let it redirect to https only."
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
            found=f"{address.name}: the certificate of {{}} ends on {end:%Y-%m-%d}.",
            cure="Renew it.",
            page=_page(address),
            outside=(address.url,),
        )


def _of_status(address: Address, status: int) -> tuple[State, str]:
    if status < _ERROR:
        return "pass", ""
    if address.kind == "webhook":
        return "unknown", " to a GET; many webhooks accept only POST"
    if address.kind == "picture" or status in _GONE or status >= _SERVER_ERROR:
        return "fail", ""
    return "unknown", ", perhaps only to programs"


def _failed(address: Address, reason: Reason, *, redirected: bool = False) -> Finding:
    state, found, cure = _REASONS[reason]
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
