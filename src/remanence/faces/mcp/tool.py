"""One tool: strict in what it takes, and every fault of the caller's an answer that a model can act on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from mcp.server.context import LifespanContextT, RequestT
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
from pydantic import BaseModel, ValidationError, create_model

from remanence.errors import RemanenceError
from remanence.faces.mcp import wording
from remanence.faces.mcp.shown import Shown, sound

CLIENT_NAME_CHARS = 100
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

LOOKS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
ADDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
CHANGES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
TAKES = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)


class MemoryTool(Tool):
    """A tool whose errors are ours: what was wrong, what would be right, and never a traceback."""

    async def run(
        self,
        arguments: dict[str, object],
        context: Context[LifespanContextT, RequestT],
        convert_result: bool = False,
    ) -> CallToolResult | InputRequiredResult:
        """Run it; raises ToolError with the message that the client is to see."""
        try:
            answer: CallToolResult = await super().run(arguments, context, convert_result)
        except UnexpectedToolError as error:
            if isinstance(error.__cause__, RemanenceError):
                raise ToolError(wording.sentence(str(error.__cause__))) from error
            raise
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(_faults(self, error.__cause__)) from error.__cause__
            raise
        return answer


def tool(
    function: Callable[..., CallToolResult], title: str, annotations: ToolAnnotations, *, strict: bool = True
) -> MemoryTool:
    """The tool that a function is: its name, its docstring as the description, its parameters as the schema.

    A `strict` one refuses arguments that it does not know.
    """
    made = MemoryTool.from_function(
        function, title=title, description=_description(function), annotations=annotations
    )
    assert isinstance(made, MemoryTool)
    if strict:
        known = made.fn_metadata.arg_model
        made.fn_metadata.arg_model = create_model(
            known.__name__, __base__=known, __cls_kwargs__={"extra": "forbid"}
        )
        made.parameters = made.fn_metadata.arg_model.model_json_schema(by_alias=True)
    return made


def answer(text: str, shape: Shown) -> CallToolResult:
    """An answer in both forms: text for a model, the shape for a program."""
    return CallToolResult(
        content=[TextContent(type="text", text=sound(text))],
        structured_content=shape.model_dump(exclude_none=True),
    )


def lines(found: Iterable[str], shape: Shown, *, empty: str, left_out: int | None = None) -> CallToolResult:
    """An answer of lines of memory in their block, and how many were left out; `empty` says that none are."""
    more = f"\n{left_out} more are left out; ask more narrowly." if left_out else ""
    return answer(wording.block(found, empty=empty) + more, shape)


def client_name(client: Context) -> str:
    """The name that the client gave at the beginning: "claude-code"; "client" where it gave none."""
    told = client.request_context.session.client_params
    name = "" if told is None else _UNFIT.sub("", told.client_info.name).strip()
    return name[:CLIENT_NAME_CHARS] or "client"


def actor(client: Context) -> str:
    """Who does it, for the journal."""
    return f"mcp:{client_name(client)}"


def _description(function: Callable[..., object]) -> str:
    """The docstring, its indentation taken away and each paragraph on one line."""
    paragraphs = (function.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).strip()


def _faults(of: Tool, error: ValidationError) -> str:
    """What is wrong with the arguments, one fault after the other, and which there are."""
    faults = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_input=False)]
    known = ", ".join(_names(of.fn_metadata.arg_model))
    takes = f"{of.name} takes {known}" if known else f"{of.name} takes no arguments"
    return wording.sentence(f"{'; '.join(faults)}. {takes}; nothing was done.")


def _place(location: Sequence[int | str]) -> str:
    return ".".join(map(str, location)) or "arguments"


def _names(model: type[BaseModel]) -> Iterable[str]:
    return (
        field.alias or name if field.is_required() else f"{field.alias or name} (optional)"
        for name, field in model.model_fields.items()
    )
