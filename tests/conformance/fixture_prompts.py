"""The prompts that the conformance suite gets by name."""

from typing import Final

from mcp.types import (
    ContentBlock,
    GetPromptRequestParams,
    GetPromptResult,
    InputRequiredResult,
    Prompt,
    PromptArgument,
    PromptMessage,
    TextContent,
)

from .content import IMAGE, embedded_text
from .fixture_tool import Context
from .input_required import CONTEXT_ROUND


def _prompt(name: str, description: str, *arguments: str) -> Prompt:
    return Prompt(
        name=name,
        description=description,
        arguments=[PromptArgument(name=argument, required=True) for argument in arguments],
    )


PROMPTS: Final = (
    _prompt("test_simple_prompt", "A text."),
    _prompt("test_prompt_with_arguments", "A text with two arguments in it.", "arg1", "arg2"),
    _prompt("test_prompt_with_embedded_resource", "A resource and a text.", "resourceUri"),
    _prompt("test_prompt_with_image", "An image and a text."),
    _prompt("test_input_required_result_prompt", "A text about what a person is asked first."),
)


def get_prompt(
    context: Context, params: GetPromptRequestParams
) -> GetPromptResult | InputRequiredResult | None:
    """Return one of `PROMPTS` filled in, what must be asked first, or None for another prompt."""
    given = params.arguments or {}
    match params.name:
        case "test_simple_prompt":
            return _messages(_text("A plain prompt."))
        case "test_prompt_with_arguments":
            return _messages(_text(f"The arguments are {given['arg1']} and {given['arg2']}."))
        case "test_prompt_with_embedded_resource":
            resource = embedded_text(given["resourceUri"], "An embedded text.")
            return _messages(resource, _text("Read the resource."))
        case "test_prompt_with_image":
            return _messages(IMAGE, _text("Look at the image."))
        case "test_input_required_result_prompt":
            request = CONTEXT_ROUND.next_request(context, params)
            return request or _messages(_text(f"Answered: {params.input_responses}"))
        case _:
            return None


def _text(text: str) -> TextContent:
    return TextContent(type="text", text=text)


def _messages(*blocks: ContentBlock) -> GetPromptResult:
    return GetPromptResult(messages=[PromptMessage(role="user", content=block) for block in blocks])
