"""Logging never blocks, and never fails a call."""

import contextlib
import logging
import os
import sys

import pytest

from twilio_senders_mcp.logs import _LIBRARIES, LossyStderrHandler, configure_logging


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        with contextlib.suppress(OSError):
            os.close(end)


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("name", logging.WARNING, "", 0, text, None, None)


def test_a_record_becomes_one_line(pipe):
    reading, writing = pipe
    LossyStderrHandler(writing).handle(record("hällo"))
    assert os.read(reading, 100).decode() == "WARNING name: hällo\n"


def test_a_full_pipe_drops_lines_and_says_later_how_many(pipe):
    reading, writing = pipe
    handler = LossyStderrHandler(writing)
    for _ in range(10_000):
        handler.handle(record("x" * 100))
    written = os.read(reading, 1 << 20).decode()
    assert written.count("\n") < 10_000
    handler.handle(record("after"))
    said = os.read(reading, 1 << 20).decode()
    lost = 10_000 - written.count("\n")
    assert (
        said == f"({lost} earlier log lines were dropped: nobody read them)\nWARNING name: after\n"
    )


def test_a_long_record_is_cut_to_what_a_pipe_takes_at_once(pipe):
    reading, writing = pipe
    LossyStderrHandler(writing).handle(record("x" * 100_000))
    assert len(os.read(reading, 1 << 20)) == 4096


def test_a_reader_that_has_gone_fails_nothing(pipe):
    reading, writing = pipe
    os.close(reading)
    handler = LossyStderrHandler(writing)
    handler.handle(record("x"))
    os.close(writing)
    handler.handle(record("x"))


def test_a_record_that_cannot_be_written_fails_nothing(pipe):
    reading, writing = pipe
    handler = LossyStderrHandler(writing)
    handler.handle(logging.LogRecord("name", logging.WARNING, "", 0, "%d", ("x",), None))
    handler.handle(record("after"))
    assert b"1 earlier log lines were dropped" in os.read(reading, 1000)


def test_where_pipes_cannot_be_polled_records_are_written_as_they_come(pipe, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    reading, writing = pipe
    LossyStderrHandler(writing).handle(record("x"))
    assert os.read(reading, 100)


@pytest.fixture
def loggers():
    """Put the levels and handlers of the root and the noisy loggers back afterwards."""
    watched = [logging.getLogger(name) for name in ("", *_LIBRARIES)]
    levels = [logger.level for logger in watched]
    handlers = watched[0].handlers[:]
    yield
    for logger, level in zip(watched, levels, strict=True):
        logger.setLevel(level)
    watched[0].handlers[:] = handlers


@pytest.mark.usefixtures("loggers")
@pytest.mark.parametrize("level", ["debug", "info", "warning"])
def test_libraries_never_log_what_they_send_and_receive(level):
    configure_logging(level)
    for name in (
        "httpx2",
        "httpcore2.http11",
        "mcp.server.stdio",
        "mcp.shared",
        "sse_starlette.sse",
    ):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert not logging.getLogger("stamina").isEnabledFor(logging.WARNING)


@pytest.mark.usefixtures("loggers")
def test_debugging_shows_what_the_server_itself_logs():
    configure_logging("debug")
    assert logging.getLogger("twilio_senders_mcp.twilio").isEnabledFor(logging.DEBUG)
