"""The limits of the HTTP form: their defaults, and how few open files lower them."""

import resource
import sys

import pytest

from twilio_senders_mcp.http.limits import Limits
from twilio_senders_mcp.settings import load_settings

DEFAULTS = Limits()


@pytest.fixture
def open_files(monkeypatch):
    def allow(number: int) -> None:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (number, resource.RLIM_INFINITY))

    return allow


def test_the_defaults_are_those_of_the_settings():
    settings = load_settings()
    assert (
        Limits(
            connections=settings.twilio_senders_http_connections,
            calls=settings.twilio_senders_http_calls,
            body_bytes=settings.twilio_senders_http_body_limit,
            header_seconds=settings.twilio_senders_http_header_timeout,
            body_seconds=settings.twilio_senders_http_body_timeout,
            idle_seconds=settings.twilio_senders_http_idle_timeout,
            sessions=settings.twilio_senders_http_sessions,
            session_idle_seconds=settings.twilio_senders_http_session_timeout,
        )
        == Limits()
    )


@pytest.mark.parametrize("number", [256, 1024, resource.RLIM_INFINITY])
def test_where_enough_files_can_be_open_the_limits_are_as_they_were_set(open_files, number):
    open_files(number)
    assert DEFAULTS.within_open_files(20) == DEFAULTS


@pytest.mark.parametrize(
    ("number", "connections", "calls"), [(128, 76, 50), (100, 48, 47), (64, 12, 11), (16, 2, 1)]
)
def test_where_few_files_can_be_open_some_are_kept_for_twilio_and_the_process(
    open_files, number, connections, calls
):
    open_files(number)
    lowered = DEFAULTS.within_open_files(20)
    assert (lowered.connections, lowered.calls) == (connections, calls)


def test_on_windows_open_files_limit_nothing(open_files, monkeypatch):
    open_files(16)
    monkeypatch.setattr(sys, "platform", "win32")
    assert DEFAULTS.within_open_files(20) == DEFAULTS


def test_a_connection_remains_on_which_to_refuse_a_call(open_files):
    open_files(1024)
    assert Limits(connections=10, calls=10).within_open_files(20).calls == 9
