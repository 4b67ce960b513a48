"""Requests from the pages of operations to the embedded sandbox; without one this is not served."""

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from twilio_senders_mcp.reference.generated import examples
from twilio_senders_mcp.reference.operation_pages import compact
from twilio_senders_mcp.reference.operations import operations

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

RELAY_PATH: Final = "/docs/try"
_PASSED_ON: Final = (b"content-type", b"content-length")


class SandboxRelay:
    """Passes requests below ``RELAY_PATH`` to the sandbox, with the sandbox's own credentials.

    ``sid`` is a sender that the forms suggest. No other header of the browser is passed on.
    """

    def __init__(self, sandbox: "ASGIApp", user: str, password: str, sid: str) -> None:
        self._sandbox = sandbox
        self._authorization = b"Basic " + b64encode(f"{user}:{password}".encode())
        self.sid = sid

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass one request on."""
        path = scope["path"].removeprefix(RELAY_PATH)
        kept = [(name, value) for name, value in scope["headers"] if name in _PASSED_ON]
        headers = [(b"authorization", self._authorization), *kept]
        changed = {"path": path, "raw_path": path.encode(), "root_path": "", "headers": headers}
        await self._sandbox({**scope, **changed}, receive, send)


def form_of(path: str, relay: SandboxRelay | None) -> dict[str, Any] | None:
    """Return what the form of the page at ``path`` needs, if it is an operation's page."""
    for operation in operations() if relay else ():
        if relay and path == f"operations/{operation['name']}":
            body = examples().get(operation.get("example", ""))
            return {
                "target": f"{RELAY_PATH}{operation['path']}",
                "method": operation["method"],
                "sid": relay.sid if "{Sid}" in operation["path"] else None,
                "channel": operation["name"] == "list-senders",
                "body": compact(body) if body else None,
            }
    return None
