"""The clients of a machine as they are listed."""

from homes import BY_KEY

from twilio_senders_mcp.clients.listing import client_states, describe_states


def test_each_client_is_listed_with_its_file_and_our_entries(home):
    home.install(BY_KEY["codex"])
    home.install(BY_KEY["codex"], "another")
    broken = home.path(BY_KEY["cursor"])
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    home.path(BY_KEY["gemini"]).mkdir(parents=True)
    states = {state.client.key: state for state in client_states(home.machine)}
    assert list(states) == list(BY_KEY)
    assert states["codex"].present
    assert states["codex"].configured == "twilio-senders, another"
    assert states["codex"].path == str(home.path(BY_KEY["codex"]))
    assert states["cursor"].configured.startswith("not readable, line 1, column 2")
    assert states["gemini"].configured == "not readable"
    assert (states["vscode"].present, states["vscode"].configured) == (False, "")


def test_in_a_project_the_clients_with_a_file_there_are_listed(home):
    states = client_states(home.machine, in_project=True)
    keys = [state.client.key for state in states]
    assert keys == ["claude-code", "cursor", "vscode", "codex", "gemini"]


def test_the_table_is_aligned(home):
    lines = describe_states(client_states(home.machine))
    assert lines[0].split() == ["client", "found", "has", "this", "server", "file"]
    assert len({line.index("/") for line in lines[1:]}) == 1
    assert lines[1].split()[:3] == ["claude-code", "no", "no"]
