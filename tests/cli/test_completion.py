"""Completion in real shells, with the scripts that the command prints."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import PATIENCE

from twilio_senders_mcp import cli
from twilio_senders_mcp.tools.catalog import ALL_TOOL_NAMES

SCRIPTS = Path(sys.executable).parent
BASH = r"""
eval "$(twilio-senders-mcp completion bash)"
COMP_LINE=$1 COMP_POINT=${#1}
_python_argcomplete twilio-senders-mcp
printf '%s\n' "${COMPREPLY[@]}"
"""
ZSH = r"""
autoload -U compinit
compinit -D
eval "$(twilio-senders-mcp completion zsh)"
_describe() { print -l -- ${(P)2} }
BUFFER=$1 CURSOR=${#1} words=(${=1})
_python_argcomplete
"""
FISH = r"""
twilio-senders-mcp completion fish | source
complete -C $argv[1]
"""
PROGRAMS = {"bash": [BASH, "bash"], "zsh": [ZSH, "zsh"], "fish": [FISH]}
"""What each shell runs, with the name of the script where the shell wants one."""


def offered(shell: str, line: str) -> list[str]:
    """What a shell offers for a line, without descriptions."""
    completed = subprocess.run(
        [shell, *(["-f"] if shell == "zsh" else []), "-c", *PROGRAMS[shell], line],
        env={**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert completed.stderr == ""
    lines = [each.split("\t")[0] for each in completed.stdout.splitlines()]
    return [each.partition(":")[0].strip() for each in lines if each.strip()]


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request):
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed on this machine")
    return request.param


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("twilio-senders-mcp wor", {"worker"}),
        ("twilio-senders-mcp runs --js", {"--json"}),
        ("twilio-senders-mcp completion ", {"bash", "zsh", "fish"}),
        ("twilio-senders-mcp --log-level w", {"warning"}),
        ("twilio-senders-mcp install cu", {"cursor"}),
        ("twilio-senders-mcp http --region ", set()),
    ],
)
def test_a_shell_completes_commands_flags_and_values(shell, line, expected):
    assert set(offered(shell, line)) == expected


def test_the_last_of_several_tools_is_completed(shell):
    line = "twilio-senders-mcp --tools get_sender,list_a"
    assert offered(shell, line) == ["get_sender,list_accounts"]
    assert "list_accounts" in ALL_TOOL_NAMES


def test_a_folder_is_completed_where_one_is_expected(shell, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "file").touch()
    assert offered(shell, f"twilio-senders-mcp docs {tmp_path}/") == [f"{tmp_path}/site/"]


def test_the_script_of_an_unknown_shell_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.run(["completion", "tcsh"])
    assert ended.value.code == 2
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err


def test_nothing_of_the_completion_is_loaded_otherwise():
    script = "import sys; from twilio_senders_mcp.cli import run\n"
    script += "try: run(['--help'])\nfinally: print('argcomplete' in sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout.endswith("\nFalse\n")
