"""The ASGI app of the HTTP form, made in this process."""

from contextlib import ExitStack

import pytest
from processes import INITIALIZE
from sandboxed import sandbox_settings
from starlette.testclient import TestClient

from twilio_senders_mcp.http.app import MCP_PATH, create_http_app
from twilio_senders_mcp.server import create_server

HOST = "127.0.0.1"
PATHS = [
    MCP_PATH,
    f"{MCP_PATH}/",
    "/healthz",
    "/",
    "/llms.txt",
    "/llms-full.txt",
    "/robots.txt",
    "/docs",
    "/docs.md",
    "/docs/{path:path}",
]


@pytest.fixture
def apps():
    server = create_server(sandbox_settings(), sandbox=True)
    return [create_http_app(server, HOST) for _ in range(2)]


def test_each_app_of_one_server_has_each_path_once(apps):
    assert [[route.path for route in app.routes] for app in apps] == [PATHS, PATHS]


def test_two_apps_of_one_server_serve_side_by_side(apps):
    with ExitStack() as running:
        for app in apps:
            site = running.enter_context(TestClient(app, base_url=f"http://{HOST}"))
            accept = {"Accept": "application/json, text/event-stream"}
            assert site.post(MCP_PATH, headers=accept, json=INITIALIZE).status_code == 200
            assert site.get("/healthz").json()["status"] == "ok"
            assert site.get("/docs").status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/docs.md", "/docs/topics", "/llms.txt", MCP_PATH])
def test_no_other_host_is_answered(apps, path):
    with TestClient(apps[0], base_url="http://evil.example") as site:
        method = "POST" if path == MCP_PATH else "GET"
        headers = {"Content-Type": "application/json"}
        assert site.request(method, path, headers=headers).status_code == 421
