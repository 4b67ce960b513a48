"""The picture of the README: a fleet changed on the sandbox, as a conversation.

All that it shows was said in a run: by the person, who asks and confirms, and by the server.
"""

import re
from dataclasses import dataclass
from html import escape
from string import Template
from textwrap import wrap
from typing import Any, Final

from mcp import Client
from mcp.types import ElicitRequestParams, ElicitResult
from sandboxed import connected

from twilio_senders_mcp.sandbox import Sandbox

URL: Final = "https://new.example.com/inbound"
REQUEST: Final = f"Send the incoming messages of all our senders to {URL}."
MEANWHILE: Final = "Meanwhile, a colleague changes the webhook of {sender} by hand."
ASKED: Final = "The server asks you:"
COLLEAGUES_URL: Final = "https://clinic.example.com/by-hand"
EDITED: Final = "whatsapp:+15550100004"

WIDTH: Final = 840
_LEFT: Final = 24
_INDENT: Final = 48
_LINE: Final = 21
_GAP: Final = 11
_CHARACTERS: Final = 104
"""How many characters fit into a line, at 14 pixels in any of the fonts."""

THEMES: Final = {
    "light": {
        "back": "#ffffff",
        "border": "#d1d9e0",
        "text": "#1f2328",
        "muted": "#59636e",
        "person": "#ddf4ff",
        "call": "#0969da",
        "good": "#1a7f37",
        "warning": "#9a6700",
    },
    "dark": {
        "back": "#0d1117",
        "border": "#3d444d",
        "text": "#f0f6fc",
        "muted": "#9198a1",
        "person": "#15304f",
        "call": "#4493f8",
        "good": "#3fb950",
        "warning": "#d29922",
    },
}
_SVG: Final = Template("""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" width="$width" height="$height"
  role="img" aria-labelledby="title description">
<title id="title">A conversation: five senders changed with one request</title>
<desc id="description">$spoken</desc>
<style>
text {
  font: 14px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  fill: $text;
}
.call {
  font: 600 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  fill: $call;
  white-space: pre;
}
.meanwhile { font-style: italic; fill: $muted; }
.impact, .left { fill: $warning; }
.good { fill: $good; }
.person { fill: $person; }
.card { fill: $back; stroke: $border; }
</style>
<rect class="card" x="0.5" y="0.5" width="$inner_width" height="$inner_height" rx="8"/>
$parts
</svg>
""")


@dataclass(frozen=True)
class Line:
    """One line of the conversation: what it is, and its text."""

    kind: str
    """``person``, ``call``, ``result``, ``impact``, ``meanwhile``, ``good`` or ``left``."""
    text: str


async def change_the_fleet() -> list[Line]:
    """Change every sender of the sandbox, one of which somebody else changes in between."""
    questions: list[str] = []

    async def confirm(_context: Any, question: ElicitRequestParams) -> ElicitResult:
        questions.append(question.message)
        return ElicitResult(action="accept", content={"confirm": True})

    app = Sandbox(step_seconds=0)
    async with connected(app, twilio_senders_poll=1, elicitation_callback=confirm) as client:
        sids = await _sids(client)
        wanted = {"webhook": {"callback_url": URL}}
        plan = await _call(
            client, "plan_changes", senders={"sids": list(sids.values())}, set=wanted
        )
        webhook = {"callback_url": COLLEAGUES_URL}
        await _call(client, "update_sender", sid=sids[EDITED], webhook=webhook)
        run = await _call(client, "apply_plan", plan=plan["plan"], canary=1, wait_seconds=45)
        while run["state"] == "running":
            run = await _call(client, "follow_run", run=run["run"], wait_seconds=45)
    [question] = questions
    return [
        Line("person", REQUEST),
        Line("call", f"plan_changes   {len(sids)} senders, set webhook.callback_url"),
        Line("result", _without_ids(plan["summary"])),
        *(Line("impact", impact) for impact in plan["impacts"]),
        Line("meanwhile", MEANWHILE.format(sender=EDITED)),
        Line("call", "apply_plan   canary 1"),
        Line("result", f"{ASKED} {question.partition('?')[0]}?"),
        Line("person", "Yes."),
        Line("result", _without_ids(run["summary"])),
        *(_verdict(item) for item in run["items"]),
    ]


async def _sids(client: Client) -> dict[str, str]:
    found: dict[str, str] = {}
    for channel in ("whatsapp", "rcs"):
        senders = await _call(client, "list_senders", channel=channel)
        found |= {sender["sender_id"]: sender["sid"] for sender in senders["senders"]}
    return found


async def _call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error
    assert result.structured_content is not None
    return result.structured_content


def _without_ids(text: str) -> str:
    return re.sub(r" (plan|run)-[0-9a-f]{16}", "", text)


def _verdict(item: dict[str, Any]) -> Line:
    text = f"{item['sender_id']}: {item['outcome']}"
    if item["outcome"] == "applied":
        return Line("good", text)
    [field] = item["fields"]
    return Line("left", f"{text}, left as it is: {field['found']}")


def picture(lines: list[Line], theme: str) -> str:
    """Draw the conversation as SVG, with its text as text."""
    parts: list[str] = []
    y = _GAP
    for line in lines:
        drawn, y = _draw(line, y)
        parts += drawn
    height = y + _GAP
    return _SVG.substitute(
        THEMES[theme],
        width=WIDTH,
        height=height,
        inner_width=WIDTH - 1,
        inner_height=height - 1,
        spoken=escape(" ".join(line.text for line in lines)),
        parts="\n".join(parts),
    )


def _draw(line: Line, top: int) -> tuple[list[str], int]:
    """Return the elements of a line that begins at ``top``, and where the next one begins."""
    if line.kind == "person":
        return _bubble(line.text, top + _GAP)
    if line.kind in ("call", "meanwhile"):
        top += _GAP
    mark = {"call": "▸ ", "impact": "! ", "good": "✓ ", "left": "≠ "}.get(line.kind, "")
    x = _LEFT if line.kind in ("call", "meanwhile") else _INDENT
    texts = wrap(line.text, _CHARACTERS) if line.kind == "result" else [line.text]
    rows = [
        f'<text class="{line.kind}" x="{x}" y="{top + _LINE * number - 6}">{escape(text)}</text>'
        for number, text in enumerate([mark + texts[0], *texts[1:]], start=1)
    ]
    return rows, top + _LINE * len(rows)


def _bubble(text: str, top: int) -> tuple[list[str], int]:
    """Draw what the person says on the right, in a box that no font makes too small."""
    width = 8 * len(text) + 28
    x = WIDTH - _LEFT - width
    return [
        f'<rect class="person" x="{x}" y="{top}" width="{width}" height="32" rx="12"/>',
        f'<text x="{x + width / 2:g}" y="{top + 21}" text-anchor="middle">{escape(text)}</text>',
    ], top + 36
