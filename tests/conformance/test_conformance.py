"""The official MCP conformance suite, in both revisions that the server speaks.

It calls tools, prompts and resources by name, so it runs twice: against the server as it is, where
most of them are missing, and against one that has them besides its own. What fails is listed in
`expected/`, each with its reason; the list must be complete, and nothing on it may pass.
"""

import time

import pytest
from conformance.fixture_server import create_fixture_server
from conformance.suite import REVISIONS, expected_failures, run_suite
from processes import listening

from twilio_senders_mcp.http.app import MCP_PATH, create_http_app
from twilio_senders_mcp.http.serving import served

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.parametrize("revision", REVISIONS),
    # The older revision is tested with what the newer one deprecates.
    pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning"),
]

LIMIT = 55
"""Seconds for all runs together; they need about ten."""


@pytest.fixture(scope="module")
def deadline():
    return time.monotonic() + LIMIT


@pytest.fixture(scope="module")
def server():
    with listening("http", "--sandbox") as (_, url):
        yield url


@pytest.fixture(scope="module")
def server_with_fixtures():
    with served(create_http_app(create_fixture_server(), "127.0.0.1")) as origin:
        yield f"{origin}{MCP_PATH}"


@pytest.fixture
def conform(root, revision, tmp_path, deadline):
    """Run the suite and compare with the list of that name; return the suite's own verdict."""

    def run(url: str, name: str, *, tolerant: bool) -> int:
        file = root / f"tests/conformance/expected/{name}-{revision}.yml"
        options = ["--expected-failures", str(file)] if tolerant else []
        seconds = deadline - time.monotonic()
        done = run_suite(root, url, revision, tmp_path, *options, seconds=seconds)
        expected, failures = expected_failures(file), done.failures
        print(f"{name}, {revision}: {done}.")  # noqa: T201 - the summary of the run
        wrong = [f"{check}: {why}" for check, why in failures.items() if check not in expected]
        wrong += [
            f"{check} passes, but is expected to fail"
            for check in expected.keys() - failures.keys()
        ]
        assert not wrong, "\n".join(wrong)
        return done.status

    return run


def test_the_server_fails_only_where_the_list_says_why(conform, server):
    assert conform(server, "server", tolerant=True) == 0


def test_with_the_fixtures_every_scenario_passes_that_the_revision_requires(
    conform, server_with_fixtures
):
    assert conform(server_with_fixtures, "server-with-fixtures", tolerant=False) == 0
