"""The examples in code on the pages of operations, each run against the sandbox."""

import os
import shutil
import socket
import subprocess
import threading

import pytest
import uvicorn
from documents import Document, page, visit
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from twilio_senders_mcp.sandbox import ACCOUNT_SID, API_KEY, API_SECRET, PENDING_SENDER, Sandbox
from twilio_senders_mcp.site.client_code import SID, client_code
from twilio_senders_mcp.site.highlighting import highlighted

OPERATIONS = ["list-senders", "create-sender", "fetch-sender", "update-sender", "delete-sender"]
SUCCESS = dict(zip(OPERATIONS, [200, 202, 200, 202, 204], strict=True))


@pytest.fixture(scope="module")
def address():
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Sandbox(), log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


def code_of(operation: str, language: str, address: str) -> str:
    [text] = [c.text for c in client_code(f"operations/{operation}") if c.language == language]
    assert (SID in text) == (operation not in ("list-senders", "create-sender"))
    return text.replace(SID, PENDING_SENDER).replace("https://messaging.twilio.com", address)


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT_SID)
    monkeypatch.setenv("TWILIO_API_KEY", API_KEY)
    monkeypatch.setenv("TWILIO_API_SECRET", API_SECRET)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_python_example_does_what_its_page_says(operation, address, monkeypatch):
    http = TwilioHttpClient()

    def client(key, secret, account):
        made = Client(key, secret, account, http_client=http)
        made.messaging.base_url = address
        return made

    monkeypatch.setattr("twilio.rest.Client", client)
    exec(compile(code_of(operation, "python", address), operation, "exec"), {})  # noqa: S102
    assert http._test_only_last_response
    assert http._test_only_last_response.status_code == SUCCESS[operation]
    assert http.session
    http.session.close()


@pytest.mark.browser
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_node_example_does_what_its_page_says(operation, tmp_path):
    (tmp_path / "example.mjs").write_text(code_of(operation, "javascript", "http://x.invalid"))
    (tmp_path / "fetch.mjs").write_text(
        "globalThis.fetch = async (url, { method, headers, body }) => {"
        " new URL(url); JSON.parse(body ?? '0');"
        " return { status: `${method} ${headers.Authorization.length > 50}`, text: () => '' }; };"
    )
    done = subprocess.run(
        [
            shutil.which("node") or "node",
            "--import",
            tmp_path / "fetch.mjs",
            tmp_path / "example.mjs",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ},
    )
    method = {"list": "GET", "fetch": "GET", "delete": "DELETE"}.get(operation.partition("-")[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == f"{method or 'POST'} true"


def test_the_examples_stand_on_the_pages_of_operations_only(site, only):
    titles = ["Python, with Twilio's library", "Node, without a library"]
    text = visit(site, "/docs/operations/update-sender").text
    assert all(title in text for title in titles)
    only(page("a"))
    assert "The request in code" not in visit(site, "/docs/a").text


def test_code_has_colours_by_classes_and_stays_escaped(site, only):
    fence = '```json\n{"a<b": true}\n```\n\n```nonsense\n<i>\n```\n'
    only(page("a", fence))
    answer = site.get("/docs/a")
    text = answer.text.replace("&quot;", '"')  # as some releases of Pygments write it
    assert '{<span class="c-nt">"a&lt;b"</span>: ' in text
    assert "&lt;i&gt;" in answer.text
    assert "style=" not in answer.text
    assert Document(answer.text).text.count('{"a<b": true}') == 1
    assert highlighted("<x>", "no-such-language") == "&lt;x&gt;"
