"""The guided jobs as Agent Skills: extension `io.modelcontextprotocol/skills` (SEP-2640).

Each skill is a folder with one file, ``SKILL.md``, as agentskills.io describes it. The extension
lists the skills with digest and size of each file; the files are ordinary resources, which clients
without the extension can read, too. See specification/stable in modelcontextprotocol/ext-skills.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.types import (
    INVALID_PARAMS,
    Annotations,
    PaginatedRequestParams,
    RequestParams,
    Resource,
)

from .extensions import require_extensions
from .jobs import FIND_ACCOUNT, Job

EXTENSION: Final = "io.modelcontextprotocol/skills"
SKILL_FILE: Final = "SKILL.md"
_COMPATIBILITY: Final = "Needs the tools of the MCP server twilio-senders-mcp."
_ANNOTATIONS: Final = Annotations(audience=["assistant"], priority=0.5)
_TTL_MS: Final = 3_600_000
_URI_MAX: Final = 100

Context = ServerRequestContext[Any, Any]


@dataclass(frozen=True)
class Skill:
    """A job as an agent skill."""

    job: Job
    several_accounts: bool = False

    @property
    def name(self) -> str:
        """The name, which is also that of the folder."""
        return self.job.name.replace("_", "-")

    @property
    def uri(self) -> str:
        """The address of its ``SKILL.md``."""
        return f"skill://{self.name}/{SKILL_FILE}"

    @property
    def frontmatter(self) -> dict[str, str]:
        """What the file begins with, and what the extension lists."""
        return {
            "name": self.name,
            "description": f"{self.job.description} {self.job.when}",
            "compatibility": _COMPATIBILITY,
        }

    @cached_property
    def markdown(self) -> str:
        """The content of ``SKILL.md``; JSON texts are valid YAML."""
        fields = "\n".join(f"{key}: {json.dumps(text)}" for key, text in self.frontmatter.items())
        inputs = "\n".join(
            f"- {each.label}{'' if each.required else ' (optional)'}: {each.meaning}"
            for each in self.job.inputs.values()
        )
        goal, steps = (
            self.job.spoken(text, by_person=False) for text in (self.job.goal, self.job.steps)
        )
        accounts = f"\n{FIND_ACCOUNT}\n" if self.several_accounts else ""
        return (
            f"---\n{fields}\n---\n\n# {self.job.title}\n\n{goal}\n\n"
            f"## What you need to know\n\n{inputs}\n\nAsk for what is missing.\n{accounts}\n"
            f"## Steps\n\n{steps}"
        )

    @property
    def resource(self) -> Resource:
        """The file as `resources/list` shows it."""
        return Resource(
            uri=self.uri,
            name=self.name,
            title=self.job.title,
            description=self.frontmatter["description"],
            mime_type="text/markdown",
            size=len(self._content),
            annotations=_ANNOTATIONS,
        )

    @property
    def entry(self) -> dict[str, Any]:
        """The skill as the extension lists it."""
        digest = hashlib.sha256(self._content).hexdigest()
        file = {"uri": self.uri, "digest": f"sha256:{digest}", "size": len(self._content)}
        return {"uri": self.uri, "frontmatter": self.frontmatter, "resources": [file]}

    @property
    def _content(self) -> bytes:
        return self.markdown.encode()


class GetSkillParams(RequestParams):
    """The parameters of `skills/get`."""

    uri: str


class Skills:
    """The skills of a server, and the handlers of the extension's methods."""

    def __init__(self, jobs: Iterable[Job], *, several_accounts: bool) -> None:
        skills = [Skill(job, several_accounts) for job in jobs]
        self._skills = {skill.uri: skill for skill in skills}

    def register(self, server: Server[Any]) -> None:
        """Let ``server`` offer the extension, if there are skills."""
        if self._skills:
            server.extensions[EXTENSION] = {}
            server.add_request_handler("skills/list", PaginatedRequestParams, self.list)
            server.add_request_handler("skills/get", GetSkillParams, self.get)

    @property
    def resources(self) -> list[Resource]:
        """The files of the skills."""
        return [skill.resource for skill in self._skills.values()]

    def find(self, uri: str) -> Skill | None:
        """Return the skill whose file has this address."""
        return self._skills.get(uri)

    async def list(self, context: Context, _: PaginatedRequestParams) -> dict[str, Any]:
        """Return all skills."""
        require_extensions(context)
        return _cacheable(skills=[skill.entry for skill in self._skills.values()])

    async def get(self, context: Context, params: GetSkillParams) -> dict[str, Any]:
        """Return one skill.

        Raises:
            MCPError: -32602 if there is none at this address.

        """
        require_extensions(context)
        skill = self.find(params.uri)
        if skill is None:
            raise MCPError(INVALID_PARAMS, f"There is no skill at {params.uri[:_URI_MAX]!r}")
        return _cacheable(skill=skill.entry)


def _cacheable(**result: Any) -> dict[str, Any]:
    return {**result, "ttlMs": _TTL_MS, "cacheScope": "public"}
