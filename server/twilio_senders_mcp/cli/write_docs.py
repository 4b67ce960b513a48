"""The command ``docs``: the documentation site in a folder."""

import argparse
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import fail


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="created if it is missing")
    parser.add_argument(
        "--mcp-url",
        metavar="URL",
        type=_web_address,
        default="http://127.0.0.1:8000/mcp",
        help="the address of the MCP server that the pages name (%(default)s)",
    )


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")) or len(text.split()) != 1:
        raise argparse.ArgumentTypeError("expected an http or https URL")
    return text


def _run(options: argparse.Namespace, _: Settings) -> int:
    from pathlib import Path

    from twilio_senders_mcp.site.export import write_site

    try:
        pages = write_site(Path(options.folder), options.mcp_url)
    except OSError as error:
        return fail(f"cannot write to {options.folder}: {error.strerror}")
    print(f"{pages} pages are in {options.folder}; open {options.folder}/index.html")
    return 0


WRITE_DOCS: Final = Command(
    name="docs",
    summary="write the documentation site to a folder",
    example="twilio-senders-mcp docs build/docs",
    run=_run,
    add_arguments=_add_arguments,
)
