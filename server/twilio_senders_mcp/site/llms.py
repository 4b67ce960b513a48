"""``llms.txt``: the site's pages as a list that a model reads first (https://llmstxt.org)."""

from twilio_senders_mcp.reference import library as reference
from twilio_senders_mcp.reference.page import Page

from .layout import SITE_NAME, SITE_SUMMARY
from .links import Links


def llms_txt(links: Links, origin: str = "") -> str:
    """Return the list; ``origin`` makes its links absolute."""
    root = reference.library().get("")
    lines = [f"# {root.title if root else SITE_NAME}", "", f"> {_line(root, SITE_SUMMARY)}", ""]
    for section in reference.children(""):
        below = [
            page
            for page in reference.library().values()
            if page.path.startswith(f"{section.path}/")
        ]
        lines += [f"## {section.title}", ""]
        lines += [
            f"- [{page.title}]({origin}{links.markdown(page.path)}): {_line(page)}"
            for page in (section, *below)
        ]
        lines.append("")
    return "\n".join(lines)


def _line(page: Page | None, otherwise: str = "") -> str:
    return " ".join((page.summary if page else otherwise).split())
