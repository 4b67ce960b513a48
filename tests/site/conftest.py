"""What the tests of the documentation site use."""

import pytest
from documents import ORIGIN, page
from starlette.applications import Starlette
from starlette.testclient import TestClient

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.page import Page
from twilio_senders_mcp.site.routes import docs_routes


@pytest.fixture
def site():
    app = Starlette(routes=docs_routes())
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        yield client


@pytest.fixture
def only(monkeypatch):
    """Replace the library by a root and the pages given."""

    def put(*pages: Page) -> None:
        root = page("", title="Home", type="index")
        made = {each.path: each for each in (root, *pages)}
        monkeypatch.setattr(reference, "library", lambda: made)

    return put
