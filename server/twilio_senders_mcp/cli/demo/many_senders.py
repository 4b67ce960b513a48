"""The demo's second act: a host in the webhooks of five senders is replaced, and put back.

Somebody else changes one of the senders between the plan and its application, so that the run has
a conflict to leave alone.
"""

import base64
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, Final, cast
from urllib.parse import urlsplit

import anyio.to_thread
from mcp import Client
from mcp.types import CallToolResult

from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN, Sandbox

from .stage import DemoFailure, Say, expect, server_on, show_call, show_heading, text_of

_SENDERS: Final = 5
_OLD: Final = "old.example.com"
_NEW: Final = "new.example.com"
_OTHER: Final = "https://other.example.com/inbound"
_PLANNED: Final[dict[str, Any]] = {
    "senders": {"channel": "whatsapp"},
    "replace_host": {"from": _OLD, "to": _NEW},
}
_WAIT_SECONDS: Final = 45
_TIMEOUT: Final = 10
_PATH: Final = "/v2/Channels/Senders"


async def change_many_senders(say: Say) -> None:
    """Run the act, saying each step.

    Raises:
        DemoFailure: at the first step that does not give what it should.

    """
    sandbox = Sandbox(step_seconds=0, seed=False, record=500)
    failure: DemoFailure | BrokenPipeError | None = None
    with served(sandbox) as base_url, tempfile.TemporaryDirectory() as state:
        twilio = _Twilio(base_url)
        say("\nA change of many senders is planned, applied and verified. Five more senders are")
        say(f"registered at a second sandbox, {base_url}, with webhooks on {_OLD}.")
        sids = [await twilio.register(number) for number in range(_SENDERS)]
        # Its pace is made for Twilio, and the sandbox is faster. Plans and runs go with the folder.
        settings = {
            "TWILIO_SENDERS_STATE": state,
            "TWILIO_SENDERS_PACE": "20",
            "TWILIO_SENDERS_POLL": "1",
        }
        async with Client(server_on(base_url, **settings)) as client:
            try:
                await _Act(say, client, sandbox, twilio, sids).run()
            except (DemoFailure, BrokenPipeError) as error:
                failure = error
    # The connection would wrap it in an exception group.
    if failure is not None:
        raise failure


class _Twilio:
    """Requests to the sandbox that do not come from the server."""

    def __init__(self, base_url: str) -> None:
        self._host = urlsplit(base_url).netloc
        credentials = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        self._headers = {
            "authorization": f"Basic {credentials}",
            "content-type": "application/json",
        }

    async def register(self, number: int) -> str:
        """Register a sender, and return its SID."""
        # The sandbox takes an even number for one of Twilio's own, which needs no code.
        body = {
            "sender_id": f"whatsapp:+155501002{2 * number:02}",
            "profile": {"name": f"Owl Bakery {number + 1}"},
            "webhook": {"callback_url": f"https://{_OLD}/inbound", "callback_method": "POST"},
        }
        return (await self._send("POST", "", body))["sid"]

    async def update(self, sid: str, body: Mapping[str, Any]) -> None:
        """Change a sender."""
        await self._send("POST", f"/{sid}", body)

    async def callback_url(self, sid: str) -> str:
        """Return the address to which a sender's incoming messages go."""
        return (await self._send("GET", f"/{sid}"))["webhook"]["callback_url"]

    async def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        def send() -> bytes:
            with closing(HTTPConnection(self._host, timeout=_TIMEOUT)) as connection:
                data = json.dumps(body) if body is not None else None
                connection.request(method, f"{_PATH}{path}", data, self._headers)
                return connection.getresponse().read()

        return json.loads(await anyio.to_thread.run_sync(send))


class _Act:
    """The steps, each of which needs what the one before gave."""

    def __init__(
        self, say: Say, client: Client, sandbox: Sandbox, twilio: _Twilio, sids: list[str]
    ) -> None:
        self._say = say
        self._client = client
        self._sandbox = sandbox
        self._twilio = twilio
        self._sids = sids

    async def run(self) -> None:
        """Show and check each step.

        Raises:
            DemoFailure: at the first step that does not give what it should.

        """
        plan = await self._plan()
        changed = self._sids[2]
        await self._interfere(changed)
        run = await self._apply(plan)
        self._check_canary()
        await self._expect_hosts(_NEW, changed)
        await self._undo(run)
        await self._expect_hosts(_OLD, changed)

    async def _plan(self) -> str:
        result = await self._call("plan_changes", _PLANNED)
        content = _content(result)
        expect(content["counts"]["changes"] == _SENDERS, "the plan is not about five senders")
        expect(self._updates() == [], "planning changed a sender")
        return content["plan"]

    async def _interfere(self, sid: str) -> None:
        """Change a sender that the plan is about."""
        show_heading(self._say, "meanwhile somebody else changes one of them")
        body = {"webhook": {"callback_url": _OTHER}}
        self._say("The demo sends this to the sandbox itself, so that the run has a conflict:")
        self._say(f"POST {_PATH}/{sid}")
        self._say(json.dumps(body, indent=2))
        await self._twilio.update(sid, body)

    async def _apply(self, plan: str) -> str:
        """Apply the plan, one sender first, and return the run."""
        arguments = {"plan": plan, "canary": 1, "wait_seconds": _WAIT_SECONDS}
        content = _content(await self._call("apply_plan", arguments))
        counts = {"applied": _SENDERS - 1, "conflict": 1, "waiting": 0}
        expect(content["state"] == "done", "the run is not done")
        expect(content["counts"] == counts, "the run did not apply four and find one conflict")
        self._show_conflict(content["items"])
        return content["run"]

    def _show_conflict(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Show the sender that was left alone, and check the verdicts on all fields."""
        [conflict] = [item for item in items if item["outcome"] == "conflict"]
        show_heading(self._say, "the conflict in the structured content")
        self._say(json.dumps(conflict, indent=2))
        [field] = conflict["fields"]
        expect(field["found"] == _OTHER, "the conflict does not show what was found")
        verdicts = [
            field["verdict"] for item in items for field in item["fields"] if item != conflict
        ]
        expect(verdicts == ["applied"] * (_SENDERS - 1), "a field was not verified as applied")

    def _check_canary(self) -> None:
        """Check that the first sender was verified before the others were changed."""
        first, *others = self._sids
        requests = [f"{each.method} {each.path}" for each in self._sandbox.requests]
        changed, following = (requests.index(f"POST {_PATH}/{sid}") for sid in (first, others[0]))
        verified = f"GET {_PATH}/{first}" in requests[changed:following]
        expect(verified, "the first sender was not verified before the others were changed")

    async def _undo(self, run: str) -> None:
        """Plan to take the run back, and apply that."""
        content = _content(await self._call("plan_changes", {"undo": run}))
        expect(content["counts"]["changes"] == _SENDERS - 1, "the undo is not about four senders")
        arguments = {"plan": content["plan"], "wait_seconds": _WAIT_SECONDS}
        content = _content(await self._call("apply_plan", arguments))
        expect(content["state"] == "done", "the undo is not done")
        expect(content["counts"]["applied"] == _SENDERS - 1, "the undo did not restore four")
        expect(content["undo_of"] == run, "the undo is of another run")

    async def _expect_hosts(self, host: str, changed: str) -> None:
        """Check at Twilio that all senders have this host, except the one that was changed."""
        for sid in self._sids:
            wanted = _OTHER if sid == changed else f"https://{host}/inbound"
            found = await self._twilio.callback_url(sid)
            expect(found == wanted, f"a webhook is {found} instead of {wanted}")

    def _updates(self) -> list[str]:
        """Return the paths of the requests that change a sender."""
        paths = [each.path for each in self._sandbox.requests if each.method == "POST"]
        return [path for path in paths if path != _PATH]

    async def _call(self, tool: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """Call a tool and show its result."""
        show_call(self._say, tool, arguments)
        result = await self._client.call_tool(tool, dict(arguments))
        show_heading(self._say, "the result")
        self._say(text_of(result))
        expect(not result.is_error, f"{tool} failed")
        return result


def _content(result: CallToolResult) -> dict[str, Any]:
    return cast("dict[str, Any]", result.structured_content)
