"""The frame around everything on the site, and the box that says how to add the server.

Whatever is put into the frame is escaped here, or was made by the Markdown renderer. Its own ids
begin with ``site.``, which no heading's can.
"""

import json
from dataclasses import dataclass
from html import escape
from typing import Final

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.page import Page

from .assets import ICON, SCRIPT, STYLE
from .links import Links

SITE_NAME: Final = "Twilio Senders MCP"
SITE_SUMMARY: Final = (
    "An MCP server with which an AI tool manages Twilio's WhatsApp and RCS senders, and the "
    "reference of the API behind it."
)
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""What a browser may load for a page; a document carries it for hosts that send no headers."""

QUERY_MAX: Final = 200
"""Characters of a search that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What stands in the frame; ``main`` is HTML, the other texts are plain.

    ``path`` is the page shown, if it is one of the library's; ``sections`` are the (id, title) of
    its parts.
    """

    title: str
    description: str
    main: str
    path: str | None = None
    sections: tuple[tuple[str, str], ...] = ()
    query: str = ""


def document(view: View, links: Links) -> str:
    """Return the whole HTML document around ``view``."""
    title = view.title if view.path == "" else f"{view.title} · {SITE_NAME}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<meta name="description" content="{escape(view.description)}">
<link rel="icon" type="image/svg+xml" href="{links.asset(ICON)}">
<link rel="stylesheet" href="{links.asset(STYLE)}">
{_alternate(view, links)}<script src="{links.asset(SCRIPT)}" defer></script>
</head>
<body>
<a class="skip" href="#site.main">Skip to the content</a>
<header class="top">
<a class="brand" href="{links.page("")}"><img src="{links.asset(ICON)}" alt="" width="28" \
height="28"><span>{SITE_NAME}</span></a>
{_search_form(view.query, links)}
<button class="menu" popovertarget="site.pages">Menu</button>
</header>
<div class="columns">
{_navigation(view.path, links)}
<main id="site.main" tabindex="-1">
{view.main}</main>
{_contents(view.sections)}</div>
<p id="site.said" class="hidden" role="status"></p>
</body>
</html>
"""


def add_box(mcp_url: str, *, opened: bool) -> str:
    """Return the box with the ``mcp.json`` for a server at ``mcp_url``."""
    entry = {"mcpServers": {"twilio-senders": {"type": "http", "url": mcp_url}}}
    code = escape(json.dumps(entry, indent=2), quote=False)
    inside = (
        "<p>Put this into the <code>mcp.json</code> of your AI tool, or into the file that it "
        "keeps its MCP servers in:</p>\n"
        f'<div class="code"><pre><code class="language-json">{code}\n</code></pre></div>\n'
    )
    name = "Add this MCP server to your AI tool"
    if opened:
        return (
            f'<section class="add" aria-labelledby="site.add"><h2 id="site.add">{name}</h2>\n'
            f"{inside}</section>\n"
        )
    return f'<details class="add"><summary>{name}</summary>\n{inside}</details>\n'


def _alternate(view: View, links: Links) -> str:
    if view.path is None:
        return ""
    return f'<link rel="alternate" type="text/markdown" href="{links.markdown(view.path)}">\n'


def _search_form(query: str, links: Links) -> str:
    source = "".join(
        f' data-{name}="{escape(value)}"' for name, value in links.search_source().items()
    )
    return f"""<form class="search" role="search" aria-label="Documentation" \
action="{links.search()}"{source}>
<label class="hidden" for="site.q">Search the documentation</label>
<input id="site.q" name="q" type="search" maxlength="{QUERY_MAX}" placeholder="Search" \
autocomplete="off" aria-keyshortcuts="/" value="{escape(query)}">
<kbd aria-hidden="true">/</kbd>
<ul class="found" hidden></ul>
</form>"""


def _navigation(path: str | None, links: Links) -> str:
    """Return the sections, with the pages of the one that is open."""
    items: list[str] = []
    for section in reference.children(""):
        below = ""
        if path is not None and f"{path}/".startswith(f"{section.path}/"):
            pages = "".join(_entry(p, path, links) for p in reference.children(section.path))
            below = f"<ul>{pages}</ul>" if pages else ""
        items.append(_entry(section, path, links, below))
    return (
        '<nav id="site.pages" class="pages" aria-label="Pages" popover>'
        f"<ul>{''.join(items)}</ul></nav>"
    )


def _entry(page: Page, path: str | None, links: Links, below: str = "") -> str:
    current = ' aria-current="page"' if page.path == path else ""
    address = escape(links.page(page.path))
    return f'<li><a href="{address}"{current}>{escape(page.title)}</a>{below}</li>'


_CONTENTS_FROM: Final = 3


def _contents(sections: tuple[tuple[str, str], ...]) -> str:
    if len(sections) < _CONTENTS_FROM:
        return ""
    items = "".join(
        f'<li><a href="#{escape(name)}">{escape(title)}</a></li>' for name, title in sections
    )
    return (
        '<nav class="contents" aria-labelledby="site.contents">'
        f'<h2 id="site.contents">On this page</h2><ul>{items}</ul></nav>\n'
    )
