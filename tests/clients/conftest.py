"""Clients, and a machine of their own."""

import pytest
from homes import KEY_CREDENTIALS, Home

from twilio_senders_mcp.clients.catalog import CLIENTS
from twilio_senders_mcp.clients.machine import Machine


@pytest.fixture(params=CLIENTS, ids=lambda client: client.key)
def client(request):
    return request.param


@pytest.fixture
def home(tmp_path):
    """A machine whose shell has the credentials of an API key."""
    (tmp_path / "project").mkdir()
    (tmp_path / "home").mkdir()
    return Home(
        Machine(
            system="linux",
            home=str(tmp_path / "home"),
            environment=dict(KEY_CREDENTIALS),
            own_folder=tmp_path / "home" / ".config" / "twilio-senders-mcp",
            project=tmp_path / "project",
        )
    )
