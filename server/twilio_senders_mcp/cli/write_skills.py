"""The command ``skills``: the guided jobs as Agent Skills in a folder."""

import argparse
from typing import Final

from twilio_senders_mcp.settings import Settings

from .command import Command
from .terminal import fail


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER")


def _run(options: argparse.Namespace, _: Settings) -> int:
    from pathlib import Path

    from twilio_senders_mcp.protocol.jobs import JOBS
    from twilio_senders_mcp.protocol.skills import SKILL_FILE, Skill

    folder = Path(options.folder)
    try:
        for job in JOBS:
            skill = Skill(job)
            (folder / skill.name).mkdir(parents=True, exist_ok=True)
            (folder / skill.name / SKILL_FILE).write_bytes(skill.markdown.encode())
    except OSError as error:
        return fail(f"cannot write to {options.folder}: {error.strerror}")
    print(f"{len(JOBS)} skills are in {options.folder}")
    return 0


WRITE_SKILLS: Final = Command(
    name="skills",
    summary="write the guided jobs as agent skills to a folder, for clients that read them there",
    example="twilio-senders-mcp skills ~/.claude/skills",
    run=_run,
    add_arguments=_add_arguments,
)
