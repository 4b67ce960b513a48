"""The reports of the command line, from results that the sandbox does not give."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from twilio_senders_mcp.cli import run
from twilio_senders_mcp.cli.report_tables import _checklist, _survey, shown
from twilio_senders_mcp.sandbox import ACCOUNT_SID, AUTH_TOKEN
from twilio_senders_mcp.tools.tool import Result


def report(**content) -> str:
    whole = {"counts": None, "groups": [], "more_groups": None, "unread": None, **content}
    lines = _survey(Result(summary="1 sender. None needs attention.", content=whole), 60)
    return shown(lines, lambda text, _: text)


def test_a_survey_without_problems_is_one_line():
    assert report() == "1 sender. None needs attention.\n"


def test_a_survey_says_what_was_not_read_and_what_is_not_shown():
    unread = [
        {"account": "Bakery", "channel": "rcs", "reason": "No permission."},
        {"reason": "and 2 more"},
    ]
    told = report(more_groups=3, unread=unread, counts={"status": {"ONLINE": 1}})
    assert told.split("\n")[2:] == [
        "status        ONLINE 1",
        "and 3 more groups",
        "Not all read: Bakery rcs: No permission.",
        "Not all read: and 2 more",
    ]


def test_long_lines_are_wrapped_below_their_column():
    counts = {"host": {f"host{n}.example.com": n for n in range(9)}}
    group = {"group": "g:1", "count": 2, "sids": ["XE1", "XE2"], "cure": "word " * 30}
    lines = report(counts=counts, groups=[group]).split("\n")
    assert max(map(len, lines)) <= 60
    assert lines[3].startswith(" " * 14 + "host")


def test_a_check_up_says_how_many_findings_are_not_shown():
    checks = [{"check": "status", "state": "pass", "found": "It is ONLINE."}]
    whole = {"checks": checks, "more_checks": 7}
    lines = _checklist(Result(summary="A is ready.", content=whole), 60)
    assert shown(lines, lambda text, _: text).endswith("It is ONLINE.\nand 7 more findings")


class _OnlyWhatsApp(BaseHTTPRequestHandler):
    """Lists no WhatsApp senders, and refuses to list RCS senders."""

    def do_GET(self) -> None:
        refused = "Channel=rcs" in self.path
        page: dict[str, Any] = {"senders": [], "meta": {"next_page_url": None}}
        body = json.dumps({"code": 20403, "message": "no"} if refused else page).encode()
        self.send_response(403 if refused else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet."""


@pytest.fixture
def only_whatsapp() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OnlyWhatsApp)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_survey_that_could_not_read_every_sender_exits_with_1(only_whatsapp, monkeypatch, capsys):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT_SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", AUTH_TOKEN)
    monkeypatch.setenv("TWILIO_BASE_URL", only_whatsapp)
    assert run(["survey"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("0 senders, 0 ONLINE. Not all senders could be read")
    assert "Not all read: rcs: Twilio refused the request (HTTP 403" in out
