"""The reports of the command line, from results that the sandbox does not give."""

from twilio_senders_mcp.cli.report_tables import _survey, shown
from twilio_senders_mcp.tools.tool import Result


def report(**content) -> str:
    whole = {"counts": None, "groups": [], "more_groups": None, "unread": None, **content}
    lines = _survey(Result(summary="1 sender. None needs attention.", content=whole), 60)
    return shown(lines, lambda text, _: text)


def test_a_survey_without_problems_is_one_line():
    assert report() == "1 sender. None needs attention.\n"


def test_a_survey_says_what_was_not_read_and_what_is_not_shown():
    unread = [
        {"account": "Bakery", "channel": "rcs", "reason": "No permission."},
        {"reason": "and 2 more"},
    ]
    told = report(more_groups=3, unread=unread, counts={"status": {"ONLINE": 1}})
    assert told.split("\n")[2:] == [
        "status        ONLINE 1",
        "and 3 more groups",
        "Not all read: Bakery rcs: No permission.",
        "Not all read: and 2 more",
    ]


def test_long_lines_are_wrapped_below_their_column():
    counts = {"host": {f"host{n}.example.com": n for n in range(9)}}
    group = {"group": "g:1", "count": 2, "sids": ["XE1", "XE2"], "cure": "word " * 30}
    lines = report(counts=counts, groups=[group]).split("\n")
    assert max(map(len, lines)) <= 60
    assert lines[3].startswith(" " * 14 + "host")
