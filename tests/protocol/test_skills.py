"""The guided jobs as skills: what is listed is what is read, and who is offered them."""

import hashlib
import re
from typing import Any

import pytest
import yaml
from mcp import Client, MCPError
from mcp.types import Request, Result
from pydantic import ConfigDict
from sandboxed import ERAS, connected, text_resource

from twilio_senders_mcp.protocol.jobs import JOBS
from twilio_senders_mcp.protocol.skills import Skill
from twilio_senders_mcp.sandbox import Sandbox

pytestmark = pytest.mark.anyio

every_job = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)


class AnyRequest(Request[dict[str, Any], str]):
    """A request of an extension."""


class AnyResult(Result):
    model_config = ConfigDict(extra="allow")


async def ask(client: Client, method: str, **params) -> dict:
    request = AnyRequest(method=method, params=params)
    result = await client.session.send_request(request, AnyResult)
    return result.model_dump(mode="json", by_alias=True)


def frontmatter(markdown: str) -> dict:
    found = re.match(r"---\n(.*?)\n---\n\n# ", markdown, re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


async def test_every_job_is_listed_with_the_digest_of_what_is_read():
    async with connected(Sandbox()) as client:
        assert client.server_capabilities.extensions
        assert client.server_capabilities.extensions["io.modelcontextprotocol/skills"] == {}
        listed = await ask(client, "skills/list")
        assert listed["resultType"] == "complete"
        assert (listed["ttlMs"], listed["cacheScope"]) == (3_600_000, "public")
        assert len(listed["skills"]) == len(JOBS)
        for entry in listed["skills"]:
            [file] = entry["resources"]
            content = text_resource(await client.read_resource(file["uri"]))
            raw = content.text.encode()
            assert file["uri"] == entry["uri"] == f"skill://{entry['frontmatter']['name']}/SKILL.md"
            assert file["size"] == len(raw)
            assert file["digest"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
            assert content.mime_type == "text/markdown"
            assert entry["frontmatter"] == frontmatter(content.text)
            got = await ask(client, "skills/get", uri=entry["uri"])
            assert got["skill"] == entry
            assert got["resultType"] == "complete"


@every_job
def test_a_skill_keeps_the_rules_of_agent_skills(job):
    skill = Skill(job)
    fields = frontmatter(skill.markdown)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fields["name"])
    assert len(fields["name"]) <= 64
    assert 40 <= len(fields["description"]) <= 1024
    assert "Use it" in fields["description"]
    assert re.search("Twilio", fields["description"])
    assert len(fields["compatibility"]) <= 500


@every_job
def test_a_skill_speaks_to_an_agent_about_a_person(job):
    text = Skill(job).markdown
    assert "{" not in text
    assert not re.search(r"\b(me|my|I)\b", text)
    assert all(each.meaning in text for each in job.inputs.values())
    assert text.endswith(".\n")


@pytest.mark.parametrize("era", ERAS)
async def test_without_the_extension_skills_are_ordinary_resources(era):
    async with connected(Sandbox(), era=era) as client:
        listed = (await client.list_resources()).resources
        skills = [resource for resource in listed if str(resource.uri).startswith("skill://")]
        assert [skill.title for skill in skills] == [job.title for job in JOBS]
        for skill in skills:
            content = text_resource(await client.read_resource(str(skill.uri)))
            assert skill.size == len(content.text.encode())


@pytest.mark.parametrize("uri", ["skill://move-webhooks", "skill://no/SKILL.md", "twilio-docs://"])
async def test_what_is_no_skill_is_refused(uri):
    async with connected(Sandbox()) as client:
        with pytest.raises(MCPError, match="There is no skill at") as raised:
            await ask(client, "skills/get", uri=uri)
    assert raised.value.code == -32602


@pytest.mark.parametrize(("method", "params"), [("skills/list", {}), ("skills/get", {"uri": "x"})])
async def test_an_older_revision_has_no_skills(method, params):
    async with connected(Sandbox(), era="legacy") as client:
        assert client.server_capabilities.extensions is None
        with pytest.raises(MCPError) as raised:
            await ask(client, method, **params)
    assert raised.value.code == -32601


async def test_only_jobs_whose_tools_are_offered_are_skills():
    async with connected(Sandbox(), twilio_senders_read_only="true") as client:
        listed = await ask(client, "skills/list")
        assert [each["frontmatter"]["name"] for each in listed["skills"]] == ["diagnose-sender"]
    async with connected(Sandbox(), twilio_senders_tools="get_sender") as client:
        assert client.server_capabilities.extensions is None
        with pytest.raises(MCPError) as raised:
            await ask(client, "skills/list")
    assert raised.value.code == -32601


def test_with_several_accounts_a_skill_says_to_find_the_account():
    assert "list_accounts" in Skill(JOBS[0], several_accounts=True).markdown
    assert "list_accounts" not in Skill(JOBS[0]).markdown
