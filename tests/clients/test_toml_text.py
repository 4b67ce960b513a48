"""TOML, edited where it stands: whatever its form, only the entry changes."""

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twilio_senders_mcp.clients.edits import cut, insert
from twilio_senders_mcp.clients.toml_text import toml_insertion, toml_spans, toml_without

ENTRY = {"command": 'C:\\a "b"\\x.exe', "args": ["--sandbox"], "env": {"TWILIO_REGION": "ie1"}}
many = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
BLOCKS = [
    "# a note\n",
    "\n",
    '[mcp_servers.a]\ncommand = "x" # [mcp_servers.ours]\n',
    '[mcp_servers.a.env]\nA = """\n[mcp_servers.ours]\n# text\n"""\n',
    "[tools] # about tools\nlist = [\n  [1],\n  [2],\n]\n",
    "[[profiles]]\nname = 'a'\n",
    '[ "quoted" . key ]\nb = 1\n',
    '[mcp_servers."b c"]\ncommand = "y"\n',
]


def documents():
    """Blocks in any order, each table once, with either line end, perhaps without the last one."""
    lists = st.lists(st.sampled_from(BLOCKS), max_size=9).map(
        lambda blocks: "".join(
            block
            for index, block in enumerate(blocks)
            if "[" not in block[:2] or block not in blocks[:index]
        )
    )
    return st.builds(
        lambda text, newline, is_ended: (text if is_ended else text.rstrip("\n")).replace(
            "\n", newline
        ),
        lists,
        st.sampled_from(["\n", "\r\n"]),
        st.booleans(),
    )


def with_entry(value, entry):
    return value | {"mcp_servers": value.get("mcp_servers", {}) | {"ours": entry}}


@many
@given(documents())
def test_an_entry_is_added_and_the_rest_stays(text):
    insertion = toml_insertion(text, "mcp_servers", "ours", ENTRY)
    assert insertion
    new, spans = insert(text, [insertion])
    assert tomllib.loads(new) == with_entry(tomllib.loads(text), ENTRY)
    assert cut(new, spans) == text


@many
@given(documents(), st.sampled_from(["", "\n# more\n", "\n[later]\na = 1\n", "# x\n\n[[later]]\n"]))
def test_an_entry_is_taken_out_and_the_rest_stays(text, later):
    later = later.replace("\n", "\r\n" if "\r\n" in text else "\n")
    insertion = toml_insertion(text, "mcp_servers", "ours", ENTRY)
    assert insertion
    new, _ = insert(text, [insertion])
    remaining = toml_without(new + later, "mcp_servers", "ours")
    assert remaining is not None
    assert tomllib.loads(remaining) == tomllib.loads(text + "\n" + later)
    # What is gone or more are line ends only.
    assert remaining.split() == (text + "\n" + later).split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[mcp_servers.ours]\ncommand = "x"\n', ""),
        ("a = 1\n\n[mcp_servers.ours]\nb = 1\n", "a = 1\n"),
        ("[mcp_servers.ours]\nb = 1\n\n# of c\n[c]\n", "\n# of c\n[c]\n"),
        ("[a]\n\n[mcp_servers.ours]\nb = 1\n\n[c]\n", "[a]\n\n[c]\n"),
        ("[mcp_servers]\n[mcp_servers.ours]\nb = 1\n", "[mcp_servers]\n"),
        ("[mcp_servers.ours]\nb = 1\n[x]\n[mcp_servers.ours.env]\nC = 'd'\n[y]\n", "[x]\n[y]\n"),
        ("[mcp_servers]\nours = {b = 1}\na = {}\n", "[mcp_servers]\na = {}\n"),
        ("mcp_servers = {ours = {b = 1}, a = {}}\n", "mcp_servers = { a = {}}\n"),
    ],
)
def test_an_entry_that_others_wrote_is_taken_out(text, expected):
    assert toml_without(text, "mcp_servers", "ours") == expected


def test_where_an_entry_is():
    text = "[a]\n[mcp_servers.ours] # x\nb = 1\n# of c\n[c]\n[mcp_servers.ours.env]\nD = 1"
    found = [text[start:end] for start, end in toml_spans(text, "mcp_servers", "ours")]
    assert found == ["[mcp_servers.ours] # x\nb = 1\n", "[mcp_servers.ours.env]\nD = 1"]
    assert toml_spans("", "mcp_servers", "ours") == []
