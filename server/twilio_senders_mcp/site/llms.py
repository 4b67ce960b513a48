"""``llms.txt`` and ``llms-full.txt``: the site for language models (https://llmstxt.org)."""

from twilio_senders_mcp.reference import library as reference

from . import SITE_NAME, SITE_SUMMARY
from .links import Links
from .markdown import readable_markdown


def llms_txt(links: Links, origin: str = "") -> str:
    """Return the list of pages; ``origin`` makes its links absolute."""
    pages = reference.library()
    root = pages.get("")
    title, summary = (root.title, root.summary) if root else (SITE_NAME, SITE_SUMMARY)
    lines = [f"# {title}", "", f"> {_on_one_line(summary)}", ""]
    for section in reference.children(""):
        lines += [f"## {section.title}", ""]
        lines += [
            f"- [{page.title}]({origin}{links.markdown(page.path)}): {_on_one_line(page.summary)}"
            for page in pages.values()
            if f"{page.path}/".startswith(f"{section.path}/")
        ]
        lines.append("")
    return "\n".join(lines)


def llms_full_txt(links: Links, origin: str = "") -> str:
    """Return every page as Markdown, one after the other; ``origin`` makes the links absolute."""
    pages = (
        f"<!-- {origin}{links.markdown(path)} -->\n\n{readable_markdown(page, links, origin)}"
        for path, page in reference.library().items()
    )
    return "\n---\n\n".join(pages)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
