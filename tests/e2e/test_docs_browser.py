"""The documentation site in a real Chromium: as the command serves it, and as a folder of files.

The screenshots go to the folder that ``DOCS_SCREENSHOTS`` names, if it is set.
"""

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import PATIENCE, listening

from twilio_senders_mcp.site.export import write_site

pytestmark = pytest.mark.browser

QUERY = "change webhook url"


@contextmanager
def served_by_the_command(_):
    with listening("http", "--sandbox") as (_, mcp_url):
        origin = mcp_url.removesuffix("/mcp")
        yield {
            "origin": origin,
            "mcp_url": mcp_url,
            "root": f"{origin}/docs",
            "page": f"{origin}/docs/operations/update-sender",
            "search": f"{origin}/docs/search?q=webhook",
        }


@contextmanager
def written_to_a_folder(folder):
    write_site(folder / "any" / "where")
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        top = f"{origin}/any/where"
        yield {
            "origin": origin,
            "mcp_url": "http://127.0.0.1:8000/mcp",
            "root": f"{top}/index.html",
            "page": f"{top}/operations/update-sender/index.html",
            "search": f"{top}/search/index.html?q=webhook",
        }
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module", params=[served_by_the_command, written_to_a_folder])
def visited(request, root, tmp_path_factory):
    """The addresses of the site and what the browser saw there."""
    with request.param(tmp_path_factory.mktemp("site")) as addresses:
        task = {**addresses, "query": QUERY, "screenshots": _screenshots(request.param.__name__)}
        done = subprocess.run(
            [shutil.which("node") or "node", "tests/e2e/browser/visit.mjs", json.dumps(task)],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return addresses, json.loads(done.stdout)


def _screenshots(site: str) -> str | None:
    if not (wanted := os.environ.get("DOCS_SCREENSHOTS")):
        return None
    folder = Path(wanted).resolve() / site
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def test_the_keyboard_alone_finds_and_opens_a_page(visited):
    addresses, seen = visited
    keyboard = seen["keyboard"]
    assert keyboard["firstStop"] == "Skip to the content"
    assert keyboard["focused"] == keyboard["first"]
    assert keyboard["first"].startswith(addresses["root"].removesuffix("index.html"))
    assert keyboard["heading"] in ("Webhooks", "Webhook", "Update a sender", "Updating a sender")


def test_escape_clears_the_search(visited):
    _, seen = visited
    assert (seen["keyboard"]["cleared"], seen["keyboard"]["closed"]) == ("", True)


def test_enter_in_the_box_opens_all_results(visited):
    _, seen = visited
    assert seen["keyboard"]["first"] in seen["keyboard"]["results"]


def test_the_copy_button_copies_what_mcp_json_needs(visited):
    addresses, seen = visited
    entry = {"type": "http", "url": addresses["mcp_url"]}
    assert json.loads(seen["copied"]) == {"mcpServers": {"twilio-senders": entry}}


def test_the_menu_of_a_phone_opens_a_page(visited):
    _, seen = visited
    assert seen["menu"] == "Operations"


def test_without_scripts_pages_are_readable(visited):
    _, seen = visited
    assert "verification_code" in seen["scriptless"]["text"]


def test_without_scripts_the_server_still_searches(visited):
    addresses, seen = visited
    is_served = addresses["root"].endswith("/docs")
    assert (seen["scriptless"]["results"] > 0) == is_served


def test_no_page_breaks_a_rule_of_accessibility(visited):
    _, seen = visited
    assert seen["violations"] == []


def test_no_page_is_wider_than_its_screen(visited):
    _, seen = visited
    assert seen["wide"] == []


def test_the_browser_has_nothing_to_complain_of(visited):
    _, seen = visited
    assert seen["complaints"] == []


def test_no_other_host_is_asked_for_anything(visited):
    addresses, seen = visited
    assert seen["requests"]
    elsewhere = [url for url in seen["requests"] if not url.startswith(f"{addresses['origin']}/")]
    assert elsewhere == []


def test_no_meaning_of_a_field_is_cut_off(visited):
    _, seen = visited
    assert seen["cut"] == []


def test_a_page_is_copied_as_markdown(visited):
    _, seen = visited
    assert seen["markdown"].startswith("# Update a sender\n")
    assert "| `profile.name` |" in seen["markdown"]


def test_an_operation_is_tried_in_the_sandbox_where_there_is_one(visited):
    addresses, seen = visited
    if addresses["root"].endswith("/docs"):
        assert seen["tried"].startswith("HTTP 202\n")
        assert '"sender_id": "whatsapp:' in seen["tried"]
        assert "t-request-id: " in seen["tried"]
    else:
        assert seen["tried"] is None


def test_a_page_printed_in_landscape_has_the_width_of_the_paper(visited):
    _, seen = visited
    assert seen["printed"] > 1000
