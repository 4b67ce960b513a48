"""Text from outside in Markdown is shown as it is, whatever it contains."""

import pytest
from markdown_it import MarkdownIt

from twilio_senders_mcp.tools.markdown_text import code, escape

NASTY = [
    "**bold** _it_ ~~gone~~",
    "<script>alert(1)</script> &amp; &#35;",
    "[a](http://x.example) ![b](c) <http://x.example>",
    "`code` ``two`` \\` \\\\",
    "a | b",
    "`",
    "``",
    "a`",
]


@pytest.mark.parametrize("text", NASTY)
def test_escaped_text_is_plain_text(text):
    [paragraph] = MarkdownIt().parse(f"x {escape(text)}")[1:2]
    assert paragraph.children
    assert {token.type for token in paragraph.children} <= {"text", "text_special"}
    assert "".join(token.content for token in paragraph.children) == f"x {text}"


@pytest.mark.parametrize("text", NASTY)
def test_code_contains_exactly_the_text(text):
    [paragraph] = MarkdownIt().parse(f"x {code(text)}")[1:2]
    assert paragraph.children
    before, inside = paragraph.children
    assert (before.content, inside.type, inside.content) == ("x ", "code_inline", text)


def test_what_some_renderers_make_a_link_is_broken_up():
    assert escape("http://x.example www.x.example a@x.example") == (
        r"http\://x.example www\.x.example a\@x.example"
    )
