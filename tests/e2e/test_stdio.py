"""The installed command over real stdio, started as an AI tool starts it."""

import json
import os
import signal
import subprocess
import threading
from contextlib import suppress

import pytest
from every_tool import call_every_tool
from held_twilio import HeldTwilio, wait_until_it_leaves
from mcp import Client, StdioServerParameters
from processes import (
    COMMAND,
    INITIALIZE,
    INITIALIZED,
    PATIENCE,
    initialize,
    receive,
    send,
    started,
    tool_call,
)
from sandboxed import ERAS

from twilio_senders_mcp import __version__
from twilio_senders_mcp.http.serving import served
from twilio_senders_mcp.protocol.stdio import LINE_MAX
from twilio_senders_mcp.sandbox import ONLINE_SENDER, PENDING_SENDER

CHANGE = {"sid": ONLINE_SENDER, "friendly_name": "x"}
UPDATE = f"POST /v2/Channels/Senders/{ONLINE_SENDER}"


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_an_sdk_client_lists_and_calls_every_tool_over_stdio(era):
    server = StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], "--sandbox"])
    async with Client(server, mode=era) as client:
        await call_every_tool(client)


def test_nothing_but_mcp_is_on_stdout_and_nothing_on_stderr():
    with started("--sandbox") as process:
        initialize(process)
        send(process, tool_call(1, **CHANGE), tool_call(2, sid="wrong"))
        answers = {receive(process)["id"] for _ in range(2)}
        rest, errors = process.communicate(timeout=PATIENCE)
    assert answers == {1, 2}
    assert (rest, errors, process.returncode) == (b"", b"", 0)


def test_end_of_input_ends_it_with_status_0():
    with started("--sandbox") as process:
        output = process.communicate(timeout=PATIENCE)
    assert (output, process.returncode) == ((b"", b""), 0)


def test_end_of_input_in_the_middle_of_a_call_ends_it_with_status_0():
    with started(TWILIO_BASE_URL="http://127.0.0.1:9", **_credentials()) as process:
        initialize(process)
        send(process, *(tool_call(number, **CHANGE) for number in range(5)))
        _, errors = process.communicate(timeout=PATIENCE)
    assert (errors, process.returncode) == (b"", 0)


def test_end_of_input_ends_it_at_once_while_a_name_is_looked_up(tmp_path):
    slow = "import socket, time\nsocket.getaddrinfo = lambda *_, **__: time.sleep(60)\n"
    (tmp_path / "sitecustomize.py").write_text(slow)
    with started(PYTHONPATH=str(tmp_path), **_credentials()) as process:
        initialize(process)
        send(process, tool_call(1, **CHANGE))
        process.stdin.close()
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == b""


def test_a_client_that_goes_away_leaves_no_traceback():
    with started("--sandbox") as process:
        initialize(process)
        process.stdout.close()
        send(process, *(tool_call(number, **CHANGE) for number in range(50)))
        process.stdin.close()
        errors = process.stderr.read().decode().splitlines()
        status = process.wait(timeout=PATIENCE)
    assert all(f"{UPDATE} ended after its caller was cancelled" in line for line in errors)
    assert status == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_with_status_0(number):
    with started("--sandbox") as process:
        initialize(process)
        process.send_signal(number)
        status = process.wait(timeout=5)
        errors = process.stderr.read()
    assert (errors, status) == (b"", 0)


def test_without_credentials_it_starts_and_a_call_says_what_to_set():
    with started() as process:
        initialize(process)
        send(process, tool_call(1, **CHANGE))
        result = receive(process)["result"]
    assert "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in result["content"][0]["text"]


def test_a_setting_that_cannot_be_used_is_named_on_stderr_and_the_status_is_2():
    with started(TWILIO_SENDERS_TIMOUT="3") as process:
        output, errors = process.communicate(timeout=PATIENCE)
    assert errors == (
        b"twilio-senders-mcp: TWILIO_SENDERS_TIMOUT: unknown setting; "
        b"did you mean TWILIO_SENDERS_TIMEOUT?\n"
    )
    assert (output, process.returncode) == (b"", 2)


def test_a_client_that_never_reads_stderr_does_not_stall_10_000_calls():
    calls = 10_000
    # Measuring the coverage of what other tests cover already would only take time.
    with started("--sandbox", "--log-level", "debug", COVERAGE_PROCESS_CONFIG="") as process:
        initialize(process)

        def write():
            for number in range(calls):
                process.stdin.write(json.dumps(tool_call(number, **CHANGE)).encode() + b"\n")
            process.stdin.flush()

        writer = threading.Thread(target=write)
        writer.start()
        failed = sum(receive(process)["result"].get("isError", False) for _ in range(calls))
        writer.join()
        process.stdin.close()
        status = process.wait(timeout=PATIENCE)
        logged = process.stderr.read()
    assert failed == 0
    assert status == 0
    assert len(logged) > 4096  # there was more to say than anyone read


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"not json\n", -32700),
        (b"\xff\xfe\n", -32700),
        (b"[" * 100_000 + b"\n", -32700),
        (b"[]\n", -32600),
        (b'{"jsonrpc":"2.0"}\n', -32600),
    ],
)
def test_a_line_that_is_no_message_gets_an_error_and_does_not_end_the_server(line, code):
    with started("--sandbox") as process:
        initialize(process)
        process.stdin.write(line)
        send(process, tool_call(7, **CHANGE))
        refused, called = receive(process), receive(process)
    assert (refused["id"], refused["error"]["code"]) == (None, code)
    assert called["id"] == 7


def test_a_line_that_is_too_long_gets_an_error_and_the_next_one_is_read():
    with started("--sandbox") as process:
        initialize(process)
        process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * LINE_MAX * 2 + b'"}\n')
        send(process, tool_call(7, **CHANGE))
        refused, called = receive(process), receive(process)
    assert refused["error"] == {
        "code": -32700,
        "message": f"The message is longer than {LINE_MAX} bytes",
    }
    assert called["id"] == 7


@pytest.mark.parametrize(
    "rest",
    [b"x" * (LINE_MAX + 1), b'{"jsonrpc":', b" "],
    ids=["too long", "no whole message", "blank"],
)
def test_input_that_ends_in_the_middle_of_a_line_ends_it_with_status_0(rest):
    with started("--sandbox") as process:
        initialize(process)
        process.stdin.write(rest)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (errors, process.returncode) == (b"", 0)


def test_an_empty_line_says_nothing():
    with started("--sandbox") as process:
        initialize(process)
        process.stdin.write(b"\n \n")
        send(process, tool_call(7, **CHANGE))
        assert receive(process)["id"] == 7


def test_a_client_that_reads_nothing_ends_a_server_that_reads_a_file(tmp_path):
    script = tmp_path / "input.jsonl"
    script.write_text(json.dumps(INITIALIZE) + "\n")
    read_end, write_end = os.pipe()
    os.close(read_end)
    with script.open("rb") as given:
        done = subprocess.run(
            [*COMMAND, "--sandbox"],
            stdin=given,
            stdout=write_end,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_files_instead_of_pipes_are_served_too(tmp_path):
    lines = [INITIALIZE, INITIALIZED, tool_call(7, **CHANGE)]
    script = tmp_path / "input.jsonl"
    script.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with script.open("rb") as given:
        done = subprocess.run(
            [*COMMAND, "--sandbox"],
            stdin=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[0])["id"] == 0


def _end_input(process):
    process.stdin.close()


def _terminate(process):
    process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("leave", [_end_input, _terminate])
def test_a_write_on_its_way_is_finished_once_and_its_outcome_is_logged(leave):
    twilio = HeldTwilio()
    with (
        served(twilio) as url,
        started(TWILIO_BASE_URL=url, TWILIO_SENDERS_LOG_LEVEL="info", **_credentials()) as process,
    ):
        initialize(process)
        send(process, tool_call(1, **CHANGE))
        assert twilio.arrived.wait(PATIENCE)
        leave(process)
        wait_until_it_leaves(process)
        twilio.released.set()
        status = process.wait(timeout=PATIENCE)
        errors = process.stderr.read().decode()
    assert twilio.writes == 1
    assert status == 0
    assert (
        f"{UPDATE} ended after its caller was cancelled: Twilio responded with HTTP 202" in errors
    )


def test_a_second_signal_ends_it_at_once():
    twilio = HeldTwilio()
    with (
        served(twilio) as url,
        started(TWILIO_BASE_URL=url, TWILIO_SENDERS_LOG_LEVEL="info", **_credentials()) as process,
    ):
        initialize(process)
        send(process, tool_call(1, **CHANGE))
        assert twilio.arrived.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        wait_until_it_leaves(process)
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)
        twilio.released.set()
    assert status == 0
    assert twilio.writes == 1


@pytest.mark.parametrize("words", [["--sandbox"], ["http", "--sandbox", "--port", "0"]])
def test_the_sandbox_needs_no_account_and_minds_no_wrong_one(words):
    wrong = {"TWILIO_ACCOUNT_SID": "bogus", "TWILIO_BASE_URL": "x", "TWILIO_AUTH_TOKEN_FILE": "/"}
    with started(*words, **wrong) as process:
        process.stdin.close()
        if "http" in words:
            assert b"MCP is at http://" in process.stderr.readline()
            process.terminate()
        assert process.wait(timeout=PATIENCE) == 0


def test_a_closed_stderr_puts_nothing_on_stdout():
    command = f"exec '{COMMAND[0]}' -m twilio_senders_mcp --timeout never 2>&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize("serves", [False, True])
def test_in_a_terminal_it_says_what_it_waits_for_and_ends_with_ctrl_c(serves):
    leader, follower = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, "--sandbox"], stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stderr
        said = process.stderr.readline()
        if serves:
            assert process.stdout
            os.write(leader, json.dumps(INITIALIZE).encode() + b"\n")
            assert b'"result"' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()
        os.close(leader)
        os.close(follower)
    assert said == b"Waiting for an MCP client on stdin; Ctrl-C ends it.\n"


def test_a_reader_of_the_demo_that_has_read_enough_leaves_no_traceback():
    with started("demo") as process:
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(timeout=PATIENCE)
    assert errors == b""


def test_the_version_is_printed():
    with started("--version") as process:
        output, _ = process.communicate(timeout=PATIENCE)
    assert output.decode() == f"twilio-senders-mcp {__version__}\n"


def test_the_demo_shows_each_step_and_ends_with_status_0():
    with started("demo") as process:
        output, errors = process.communicate(timeout=PATIENCE)
    shown = output.decode()
    assert (errors, process.returncode) == (b"", 0)
    for part in (
        "update_sender: Update sender",
        f"POST /v2/Channels/Senders/{PENDING_SENDER}",
        '"verification_code": "[redacted]"',
        "status is now VERIFYING",
        "profile.nmae: unknown field; did you mean name?",
        "changes 5 of 5 senders. Nothing is written to Twilio yet.",
        "of 5 senders, 4 applied, 1 in conflict.",
        '"found": "https://other.example.com/inbound"',
        "of 4 senders, 4 applied.",
        "Every step gave what it should.",
    ):
        assert part in shown


@pytest.mark.parametrize(("no_color", "in_color"), [("", True), ("1", False)])
def test_the_demo_is_coloured_on_a_terminal_unless_no_color_is_set(no_color, in_color):
    shown = shown_on_a_terminal("demo", TERM="xterm", NO_COLOR=no_color)
    assert ("\x1b[" in shown) is in_color
    for style, line in (
        ("1;36", "== refused before anything was sent"),
        ("31", "- profile.nmae: unknown field; did you mean name?"),
        ("1;32", "Every step gave what it should."),
    ):
        expected = f"\x1b[{style}m{line}\x1b[0m" if in_color else line
        assert expected in shown.splitlines()


def shown_on_a_terminal(*words: str, **environment: str) -> str:
    leader, follower = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=follower, env={**os.environ, **environment}
    )
    os.close(follower)
    shown = b""
    try:
        # Linux reports the end of a terminal's output as an error.
        with suppress(OSError):
            while part := os.read(leader, 4096):
                shown += part
        assert process.wait(timeout=PATIENCE) == 0
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)
        os.close(leader)
    return shown.decode()


def _credentials() -> dict[str, str]:
    return {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "token"}
