"""What is shown of a configuration, and what is masked."""

from twilio_senders_mcp.clients.difference import difference, masked
from twilio_senders_mcp.clients.edits import Span


def test_json_outside_our_entry_is_masked():
    text = '{"key": "se\\"cret", "n": 1, "a": ["secret"]} // secret\n/* secret\n*/'
    assert masked(text, [], [], (), toml=False) == '{"key": "…", "n": 1, "a": ["…"]} // …\n/* …'


def test_toml_outside_our_entry_is_masked():
    text = (
        'a = "secret" # secret\n"b c" = \'secret\'\n[x."secret"]\n'
        'd = """\nsecret\n"""\ne = ["secret"]\nf = \'\'\'secret\'\'\'\n'
    )
    assert masked(text, [], [], (), toml=True) == (
        'a = "…" # …\n"b c" = "…"\n[x."…"]\nd = "…"\ne = ["…"]\nf = "…"\n'
    )


def test_an_entry_that_is_replaced_shows_what_is_harmless():
    text = '{"command": "npx", "args": ["--flag", "--key=1", "known", "x"], "env": {"A": "${A}"}}'
    assert masked(text, [], [Span(0, len(text))], {'"known"'}, toml=False) == (
        '{"command": "npx", "args": ["--flag", "…", "known", "…"], "env": {"A": "${A}"}}'
    )
    text = "command = 'npx'\nargs = ['--flag', 'x']\nA = '$ecret'"
    assert masked(text, [], [Span(0, len(text))], (), toml=True) == (
        "command = 'npx'\nargs = ['--flag', \"…\"]\nA = \"…\""
    )


def test_characters_that_a_terminal_obeys_are_replaced():
    [*_, line] = difference("", "a\x1b[31m\u202eb\tc", "/f")
    assert line == "+a\ufffd[31m\ufffdb\tc"
