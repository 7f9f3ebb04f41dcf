"""The Model Context Protocol, so that agents can ask: over HTTP and over a program's input and output.

The only door to ``mcp``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from anyio import (
    CapacityLimiter,
    create_memory_object_stream,
    create_task_group,
    move_on_after,
    sleep,
    to_thread,
)
from mcp import MCPError, types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage

from bot.web.api.clerk import Caller
from bot.web.api.tools import Tool

Answer = Callable[[Any, Any, Any], Awaitable[None]]  # an ASGI application
# Who asks, and the address of this site, by the HTTP request; None where there is none.
Asker = Callable[[Any], tuple[Caller, str]]
_ABOUT = (
    "有据：就收录的官方文件回答问题，回答都摘自原文，每条依据可以核对。"
    "先用 ask；要看更多原文用 search 和 open_section。转述时保留依据，没有依据的不要补充。"
)


def server(tools: Sequence[Tool], asker: Asker, threads: CapacityLimiter) -> Server[Any]:
    """Return a server of these tools; each call takes one of ``threads``."""
    known = {tool.name: tool for tool in tools}

    async def listed(_: ServerRequestContext[Any], __: Any) -> types.ListToolsResult:  # noqa: ANN401 - MCP's
        return types.ListToolsResult(tools=[_described(tool) for tool in tools])

    async def called(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = known.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"没有这个工具，可用的是 {'、'.join(known)}。")
        caller, home = asker(context.request)
        arguments = params.arguments or {}
        result = await to_thread.run_sync(tool.call, caller, home, arguments, limiter=threads)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=result.text)],
            structured_content=dict(result.data) if result.data is not None else None,
            is_error=result.wrong,
        )

    return Server("youju", title="有据", instructions=_ABOUT, on_list_tools=listed, on_call_tool=called)


@asynccontextmanager
async def over_http(server: Server[Any]) -> AsyncIterator[Answer]:
    """Serve over HTTP, each request by itself, for as long as the block lasts; yield what takes requests."""
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run():
        yield manager.handle_request


async def over_stdio(server: Server[Any], patience: float) -> None:
    """Serve over this program's input and output until the input ends, and answer what was asked before, for
    so many seconds at most. Nothing else may be written there: what anybody prints meanwhile goes to stderr.
    """
    waiting: set[types.RequestId] = set()
    pass_on, asked = create_memory_object_stream[SessionMessage | Exception](0)
    answered, pass_back = create_memory_object_stream[SessionMessage](0)

    async def inward(received: ReadStream[SessionMessage | Exception]) -> None:
        async with received, pass_on:
            async for message in received:
                if isinstance(message, SessionMessage) and isinstance(message.message, types.JSONRPCRequest):
                    waiting.add(message.message.id)
                await pass_on.send(message)
            # The library drops what is under way when the input ends, as it does when a script pipes it in.
            with move_on_after(patience):
                while waiting:
                    await sleep(0.02)

    async def outward(sent: WriteStream[SessionMessage]) -> None:
        async with sent, pass_back:  # until it is closed, the library waits for more to write
            async for message in pass_back:
                await sent.send(message)
                if isinstance(message.message, types.JSONRPCResponse | types.JSONRPCError):
                    waiting.discard(message.message.id)

    async with stdio_server() as (received, sent), create_task_group() as group:
        group.start_soon(inward, received)
        group.start_soon(outward, sent)
        async with answered:  # its end is the end of what goes outward
            await server.run(asked, answered, server.create_initialization_options())


def _described(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.form.model_json_schema(),
        annotations=hints,
    )
