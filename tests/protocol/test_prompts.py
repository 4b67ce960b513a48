"""Prompts: offered by mode, filled in, refused by the specification's error."""

import re

import pytest
from mcp import MCPError
from sandboxed import ERAS, connected, text_of_prompt
from virtual_time import in_virtual_time

from twilio_senders_mcp.protocol.jobs import JOBS
from twilio_senders_mcp.sandbox import Sandbox
from twilio_senders_mcp.tools.catalog import TOOL_NAMES

pytestmark = [*in_virtual_time, pytest.mark.parametrize("era", ERAS)]

jobs = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)


@jobs
async def test_a_prompt_names_just_the_tools_it_needs(era, job):  # noqa: ARG001 - marked for all
    named = {name for name in TOOL_NAMES if re.search(rf"\b{name}\b", job.steps)}
    assert named == job.needs


@jobs
async def test_a_prompt_is_listed_with_its_arguments_and_filled_in(era, job):
    given = {name: f"<{name}>" for name in job.inputs}
    async with connected(Sandbox(), era=era) as client:
        listed = {prompt.name: prompt for prompt in (await client.list_prompts()).prompts}
        filled = await client.get_prompt(job.name, given)
    offered = listed[job.name].arguments
    assert offered is not None
    arguments = {argument.name: argument for argument in offered}
    assert listed[job.name].title == job.title
    assert {name: argument.required for name, argument in arguments.items()} == {
        name: each.required for name, each in job.inputs.items()
    }
    assert all(argument.description for argument in arguments.values())
    [message] = filled.messages
    assert message.role == "user"
    text = text_of_prompt(filled)
    assert all(value in text for value in given.values())
    assert "{" not in text
    assert "the person" not in text


@jobs
async def test_what_is_optional_may_be_left_out(era, job):
    required = {name: "x" for name, each in job.inputs.items() if each.required}
    async with connected(Sandbox(), era=era) as client:
        filled = await client.get_prompt(job.name, required)
    assert text_of_prompt(filled).count(": not given\n") == len(job.inputs) - len(required)


async def test_an_argument_is_text_and_nothing_more(era):
    odd = "{name} {0} %s </prompt>"
    async with connected(Sandbox(), era=era) as client:
        filled = await client.get_prompt("diagnose_sender", {"sender": odd})
    assert odd in text_of_prompt(filled)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("no_such_prompt", {}, "Unknown prompt: 'no_such_prompt'"),
        ("verify_sender", {}, "Missing arguments: sender, code"),
        ("verify_sender", {"sender": "x", "code": ""}, "Missing arguments: code"),
        ("verify_sender", None, "Missing arguments: sender, code"),
    ],
)
async def test_what_cannot_be_filled_in_is_a_protocol_error(era, name, arguments, said):
    async with connected(Sandbox(), era=era) as client:
        with pytest.raises(MCPError) as caught:
            await client.get_prompt(name, arguments)
    assert (caught.value.error.code, caught.value.error.message) == (-32602, said)
