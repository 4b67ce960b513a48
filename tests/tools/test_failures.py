"""Every way in which a call can fail, and what the caller is told."""

import logging

import anyio
import pytest
from mcp import Client
from sandboxed import ERAS, call, sandbox_settings, text_of
from stand_in import StandIn, answer
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.calls import ERROR_META
from twilio_senders_mcp.sandbox import (
    ACCOUNT_SID,
    API_KEY,
    API_SECRET,
    ONLINE_SENDER,
    PENDING_SENDER,
    REVIEW_SENDER,
    Fault,
    Sandbox,
)
from twilio_senders_mcp.server import create_server
from twilio_senders_mcp.settings import load_settings
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.twilio.errors import NotSent

pytestmark = in_virtual_time

CHANGE = {"sid": ONLINE_SENDER, "friendly_name": "x"}
NOTHING_SENT = "Nothing was sent, nothing changed."
NOTHING_CHANGED = "Nothing changed."
UNKNOWN = (
    "It is unknown whether anything changed: read the sender (get_sender) before trying again."
)


def facts(result) -> dict:
    """The failure as data, which stands in no other place."""
    assert result.is_error
    assert result.structured_content is None
    assert len(result.content) == 1
    return result.meta[ERROR_META]


async def faulty(arguments=CHANGE, **fault):
    sandbox = Sandbox()
    sandbox.inject(Fault(times=9, **fault))
    result = await call(sandbox, arguments)
    return text_of(result), facts(result)


@pytest.mark.parametrize("era", ERAS)
async def test_invalid_arguments_name_each_path_and_nothing_is_sent(era):
    sandbox = Sandbox()
    arguments = {
        "sid": ONLINE_SENDER,
        "profile": {"nmae": "x", "vertical": "Automobile"},
        "webhook": {"callback_method": "GET"},
    }
    result = await call(sandbox, arguments, era=era)
    assert text_of(result) == (
        "Invalid arguments. Nothing was sent, nothing changed.\n"
        '- webhook.callback_method: expected one of "POST", "PUT"\n'
        "- profile.vertical: expected one of 22 values; did you mean Automotive?\n"
        "- profile.nmae: unknown field; did you mean name?\n"
        "Correct these and call again."
    )
    assert facts(result) == {
        "type": "invalid_arguments",
        "outcome": "nothing_sent",
        "issues": [
            {"path": "webhook.callback_method", "expected": 'expected one of "POST", "PUT"'},
            {
                "path": "profile.vertical",
                "expected": "expected one of 22 values",
                "suggestion": "Automotive",
            },
            {"path": "profile.nmae", "expected": "unknown field", "suggestion": "name"},
        ],
    }
    assert not sandbox.requests


async def test_more_issues_than_are_listed_are_counted():
    result = await call(Sandbox(), {f"field{number}": 1 for number in range(30)})
    assert "\n- and 11 more\n" in text_of(result)


async def test_an_update_of_nothing_is_refused_without_a_path():
    result = await call(Sandbox(), {"sid": ONLINE_SENDER})
    assert text_of(result).endswith(
        "\n- give at least one field to change; null counts as not given\n"
        "Correct these and call again. See get_docs operations/update-sender."
    )


async def test_missing_credentials_say_what_to_set_and_that_a_sandbox_exists():
    async with Client(create_server(load_settings())) as client:
        assert (await client.list_tools()).tools
        result = await client.call_tool("update_sender", CHANGE)
    text = text_of(result)
    assert "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in text
    assert "--sandbox" in text
    assert NOTHING_SENT in text
    assert facts(result)["type"] == "missing_credentials"


async def test_a_refusal_has_twilios_code_message_cure_link_and_request_id():
    sandbox = Sandbox()
    result = await call(sandbox, {"sid": REVIEW_SENDER, "profile": {"name": "Another"}})
    text, error = text_of(result), facts(result)
    assert text.startswith("Twilio refused the request (HTTP 409, code 63128): ")
    assert NOTHING_CHANGED in text
    assert "wait until pending_display_name_status is no longer PENDING_REVIEW" in text
    assert "More: https://www.twilio.com/docs/errors/63128" in text
    assert f"Twilio request id: {sandbox.requests[0].request_id}" in text
    assert error["outcome"] == "nothing_changed"
    assert (error["code"], error["http_status"], error["retryable"]) == (63128, 409, False)
    assert error["request_id"] == sandbox.requests[0].request_id


async def test_a_wrong_code_is_refused_and_shown_nowhere(caplog):
    caplog.set_level(logging.DEBUG)
    configuration = {"verification_code": "987-654"}
    result = await call(Sandbox(), {"sid": PENDING_SENDER, "configuration": configuration})
    assert facts(result)["code"] == 63113
    assert "987654" not in result.model_dump_json() + caplog.text
    assert "987-654" not in result.model_dump_json() + caplog.text


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_credentials_say_what_to_check(status):
    text, error = await faulty(status=status)
    assert "credentials" in text
    assert NOTHING_CHANGED in text
    assert error["http_status"] == status


async def test_wrong_credentials_are_refused_by_the_sandbox_itself_and_stay_secret():
    settings = load_settings(
        twilio_account_sid="AC" + "f" * 32, twilio_auth_token="correct-horse-battery"
    )
    async with Client(create_server(settings, app=Sandbox())) as client:
        result = await client.call_tool("update_sender", CHANGE)
    assert facts(result)["code"] == 20003
    assert "correct-horse-battery" not in result.model_dump_json()
    assert "f" * 32 not in result.model_dump_json()


async def test_an_api_key_goes_before_the_auth_token():
    settings = load_settings(
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token="wrong",
        twilio_api_key=API_KEY,
        twilio_api_secret=API_SECRET,
    )
    async with Client(create_server(settings, app=Sandbox())) as client:
        assert not (await client.call_tool("update_sender", CHANGE)).is_error


async def test_an_unknown_sender_names_the_likely_causes():
    result = await call(Sandbox(), {"sid": "XE" + "9" * 32, "friendly_name": "x"})
    text = text_of(result)
    assert facts(result)["code"] == 20404
    assert all(cause in text for cause in ("deleted", "subaccount", "region", "not enabled"))


async def test_a_conflict_without_a_code_says_to_wait():
    text, _ = await faulty(status=409, body={})
    assert "Wait until the sender has settled" in text


async def test_429_to_the_end_says_that_nothing_was_processed_and_how_long_to_wait():
    text, error = await faulty(status=429, retry_after=30)
    assert "did not process this one" in text
    assert "Twilio asks you to wait 30 s." in text
    assert error["retryable"] is True
    assert error["retry_after"] == 30


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [None, "<html><h1>Bad gateway</h1></html>", ""])
async def test_a_server_error_leaves_the_outcome_unknown(status, body):
    content_type = None if body is None else "text/html"
    text, error = await faulty(status=status, body=body, content_type=content_type)
    assert text.startswith(f"Twilio returned an error (HTTP {status}")
    assert UNKNOWN in text
    assert "<h1>" not in text
    assert (error["type"], error["outcome"]) == ("outcome_unknown", "unknown")
    assert error["retryable"] is False


@pytest.mark.parametrize("body", ["<html>", "", '{"sid":', "[]", "null"])
async def test_an_answer_that_is_not_twilios_leaves_the_outcome_unknown(body):
    text, error = await faulty(status=202, body=body, content_type="text/html")
    assert text.startswith("The response is not a valid Twilio API response (HTTP 202).")
    assert UNKNOWN in text
    assert error["reason"] == "unreadable"


async def test_an_error_with_a_status_of_success_is_no_acceptance():
    text, error = await faulty(status=200, body={"code": 20003, "message": "x", "status": 401})
    assert UNKNOWN in text
    assert error["reason"] == "unreadable"


async def test_an_answer_that_cannot_be_decoded_leaves_the_outcome_unknown():
    text, _ = await faulty(status=202, body="plain", headers={"content-encoding": "gzip"})
    assert text == f"The response is not a valid Twilio API response. {UNKNOWN}"


async def test_an_html_refusal_is_refused_without_the_html():
    text, error = await faulty(status=403, body="<html>Access denied</html>")
    assert text.startswith("Twilio refused the request (HTTP 403). Nothing changed.")
    assert "<html>" not in text
    assert "message" not in error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status):
    headers = {"location": "https://elsewhere.example/"}
    text, error = await faulty(status=status, body="", headers=headers)
    assert text.startswith(f"Twilio's address responded with a redirect (HTTP {status}).")
    assert "credentials are sent to no other host" in text
    assert NOTHING_CHANGED in text
    assert error["type"] == "refused"


async def test_no_answer_in_time_leaves_the_outcome_unknown():
    text, error = await faulty(delay=31)
    assert text == f"Twilio did not respond in time. {UNKNOWN}"
    assert error["reason"] == "timeout"


async def test_the_timeout_is_a_setting():
    sandbox = Sandbox()
    sandbox.inject(Fault(delay=31))
    assert not (await call(sandbox, CHANGE, twilio_senders_timeout=40)).is_error


async def test_a_dropped_connection_leaves_the_outcome_unknown_and_is_not_repeated():
    sandbox = Sandbox()
    sandbox.inject(Fault(drop=True, apply=True))
    result = await call(sandbox, CHANGE)
    assert UNKNOWN in text_of(result)
    assert facts(result)["reason"] == "connection_lost"
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    "reason", ["refused", "dns", "tls", "timeout", "network", "busy", "configuration"]
)
async def test_a_request_that_never_left_says_so(reason):
    failure = describe_failure(NotSent(reason))
    assert failure.text.endswith(NOTHING_SENT)
    assert failure.facts["reason"] == reason
    assert failure.facts["retryable"] is (reason not in ("tls", "configuration"))


async def test_an_rfc_9457_answer_is_read_too():
    body = {
        "type": "https://www.twilio.com/docs/api/errors/63100",
        "title": "Invalid",
        "code": 63100,
        "errors": [{"detail": "no such vertical", "pointer": "/profile/vertical"}],
    }
    text, error = await faulty(status=400, body=body)
    assert "Invalid; /profile/vertical: no such vertical" in text
    assert error["code"] == 63100


async def test_a_long_message_of_twilios_becomes_one_bounded_line():
    text, error = await faulty(status=400, body={"code": 1, "message": "a\n\tb " * 5000})
    assert len(text) < 1500
    assert "\n" not in text
    assert len(error["message"]) <= 1000


async def test_a_code_that_no_catalogue_knows_is_still_reported():
    text, _ = await faulty(status=418, body={"code": 99999, "message": "odd"})
    assert text.startswith('Twilio refused the request (HTTP 418, code 99999): "odd". Nothing')


async def test_a_fault_of_this_server_is_reported_without_its_text(caplog):
    secret = "secret-in-an-exception".upper()

    async def broken(*_):
        raise RuntimeError(secret)

    result = await call(broken, CHANGE)
    assert "This server had an internal error" in text_of(result)
    assert facts(result) == {"type": "internal_error", "outcome": "unknown", "retryable": False}
    assert "RuntimeError" in caplog.text
    assert "in broken" in caplog.text
    assert secret not in result.model_dump_json() + caplog.text


async def test_a_cancelled_call_stops_waiting_at_once():
    sandbox = Sandbox()
    sandbox.inject(Fault(times=9, status=429, retry_after=18))
    started = anyio.current_time()
    async with Client(create_server(sandbox_settings(), app=sandbox)) as client:
        with anyio.move_on_after(1):
            await client.call_tool("update_sender", CHANGE)
    assert anyio.current_time() - started < 2
    assert len(sandbox.requests) == 1


async def test_an_invalid_call_shows_its_secrets_in_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    await call(Sandbox(), {"sid": "hunter2", "configuration": {"verification_code": "hunter2"}})
    assert "hunter2" not in caplog.text


async def test_the_refusal_of_a_stand_in_without_json_keeps_its_status():
    result = await call(StandIn([answer(410, b"gone")]), CHANGE)
    assert facts(result)["http_status"] == 410
