"""Youju for agents: the official MCP client over HTTP and over stdio."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from bot.settings import SignIn
from bot.state.database import State
from bot.state.records import Channel
from tests.folders import built
from tests.programs import FACT, FOLLOW_UP, FOLLOWED, QUESTION, Running, real_service

ROOT = Path(__file__).resolve().parents[1]
Talk = Callable[[Client], Awaitable[None]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service where programs need a key, over the plans."""
    with real_service(tmp_path_factory.mktemp("site"), SignIn.ACCOUNTS) as running:
        yield running


def over_http(service: Running, key: str, talk: Talk, mode: str = "auto") -> None:
    """Talk to the service."""

    async def run() -> None:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
            transport = streamable_http_client(f"{service.url}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                await talk(client)

    asyncio.run(run())


def words(result: Any) -> str:  # noqa: ANN401 - the client's
    """What a tool said."""
    return "".join(part.text for part in result.content)


async def use_every_tool(client: Client) -> None:
    """List the tools, ask, go on, search, and open what was found."""
    names = [tool.name for tool in (await client.list_tools()).tools]
    answer = await client.call_tool("ask", {"question": QUESTION})
    conversation = answer.structured_content["conversation"]
    more = await client.call_tool("ask", {"question": FOLLOW_UP, "conversation": conversation})
    found = await client.call_tool("search", {"query": "学法", "places": ["松坪区"], "limit": 2})
    first = found.structured_content["passages"][0]
    where = {"document": first["document_id"], "section": first["section"]}
    opened = await client.call_tool("open_section", where)

    assert names == ["ask", "search", "open_section"]
    assert f"“{FACT}”" in words(answer)
    assert answer.structured_content["citations"][0]["quote"] == FACT
    assert FOLLOWED in words(more)
    assert first["source"] == "plan-2.txt"
    assert first["document_id"] in words(found)
    assert first["text"].strip() in words(opened)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_agents_use_the_tools_over_http(service: Running, mode: str) -> None:
    """Clients of the older protocol and of the newer one."""
    over_http(service, service.key(f"agent-{mode}"), use_every_tool, mode)


def test_what_is_wrong_with_a_call_is_told(service: Running) -> None:
    """Bad arguments and missing sections are results that an agent can read; an unknown tool is an error."""

    async def talk(client: Client) -> None:
        bad = await client.call_tool("ask", {"question": 5, "limit": "x"})
        missing = await client.call_tool("open_section", {"document": "nix", "section": "一"})
        lost = await client.call_tool("ask", {"question": "x", "conversation": "nix"})
        with pytest.raises(MCPError):
            await client.call_tool("delete_everything", {})

        assert bad.is_error
        assert "question" in words(bad)
        assert missing.is_error
        assert lost.is_error
        assert "没有这个对话" in words(lost)

    over_http(service, service.key("clumsy"), talk)


def test_an_agents_key_counts_and_names_it(service: Running) -> None:
    """What agents ask stands in the log under the key, and a limit is told in words."""

    async def talk(client: Client) -> None:
        answer = await client.call_tool("ask", {"question": QUESTION})
        refused = await client.call_tool("search", {"query": "学法"})
        asked = service.site.state.questions.get(int(answer.structured_content["id"]))

        assert (asked.person, asked.channel) == ("api:rare-agent", Channel.API)
        assert refused.is_error
        assert "问得太快" in words(refused)

    over_http(service, service.key("rare-agent", 1), talk)


@pytest.mark.parametrize(
    "body", [b"[1]", b"{", b"[" * 300_000, b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}']
)
def test_hostile_messages_are_refused(service: Running, body: bytes) -> None:
    """What is no message is answered as such."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with service.client(service.key(f"hostile-{len(body)}")) as client:
        response = client.post("/mcp", content=body, headers=headers)

    assert response.status_code in (200, 400, 404)
    assert "error" in response.json()


def test_there_is_no_stream_to_open(service: Running) -> None:
    """Each request stands by itself: a connection that stays open would only keep the service from ending."""
    with service.client(service.key("opener")) as client:
        response = client.get("/mcp", headers={"Accept": "text/event-stream"})

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_agents_use_the_tools_over_stdio(tmp_path: Path) -> None:
    """An agent starts the program itself; links begin with the site's address, questions are logged."""
    documents, index = built()
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "tests.mcp_program", str(documents), str(index), str(tmp_path)],
        cwd=str(ROOT),
        env=dict(os.environ),
    )

    async def run() -> None:
        async with Client(stdio_client(program)) as client:
            await use_every_tool(client)
            answer = await client.call_tool("ask", {"question": QUESTION})
            assert answer.structured_content["citations"][0]["link"].startswith("https://youju.example/d/")

    asyncio.run(run())
    state = State(str(tmp_path / "state.sqlite"))
    assert state.questions.get(1).person == "api:@local"
    state.close()


def test_nothing_but_the_protocol_is_on_stdout(tmp_path: Path) -> None:
    """The index is built and reported on stderr; when the input ends, so does the program, but what was
    asked before is answered.
    """
    documents, _ = built()
    folders = [str(documents), str(tmp_path / "index"), str(tmp_path)]
    command = [sys.executable, "-m", "tests.mcp_program", *folders]
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}},
        },
    ]
    sent = "".join(f"{json.dumps(message)}\n" for message in messages).encode()
    ended = subprocess.run(command, input=sent, capture_output=True, cwd=ROOT, timeout=60, check=True)
    answers = [json.loads(line) for line in ended.stdout.decode().splitlines()]

    assert [answer["id"] for answer in answers] == [1, 2]
    assert FACT in answers[1]["result"]["content"][0]["text"]
    assert "索引已" in ended.stderr.decode()
