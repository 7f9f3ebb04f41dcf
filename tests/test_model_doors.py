"""The answers of a language model at every door: the same words verified, the forged ones nowhere."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from langchain_openai import ChatOpenAI
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from openai import OpenAI
from pydantic import SecretStr

from bot.llm import Llm, Patience
from bot.llm_settings import LlmSettings
from bot.wecom.answering import Answering
from bot.wecom.messages import Inbound, Sort
from bot.wecom.settings import Mode, WecomSettings
from tests.llm_server import Handler, Server, fails, says, serving, silent
from tests.programs import Running, model_service

ASKED = "云岭县执法人员每年至少培训多少学时？"
GOOD = "云岭县行政执法人员每人每年参加业务培训不少于48学时"
FORGED = "云岭县行政执法人员每人每年参加业务培训不少于480学时"
FOLLOW_UP = "案卷评查一年几次？"
SECOND = "县司法局每年组织两次执法案卷评查"
LEFT_OUT = "有 1 句与原文核对不上"


def honest_and_not(handler: Handler, asked: dict[str, Any]) -> None:
    """Say what is true of the question asked, and something that is not."""
    last = asked["messages"][1]["content"].splitlines()[-1]
    true = SECOND if "评查" in last else GOOD
    says(*f"<think>480？</think>{true}[1]。{FORGED}[1]。")(handler, asked)


@pytest.fixture(scope="module")
def model() -> Iterator[Server]:
    """A model that mixes true and false."""
    with serving(honest_and_not) as server:
        yield server


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, model: Server) -> Iterator[Running]:
    """A site whose answers it writes."""
    llm = Llm(LlmSettings(model.url, "test"))
    with model_service(tmp_path_factory.mktemp("site"), llm) as running:
        yield running


def holds(text: str, true: str = GOOD) -> bool:
    """Whether an answer has the true sentence and says that one was left out, which is not there."""
    return true in text and LEFT_OUT in text and "480" not in text


def test_programs_get_verified_words_only(service: Running) -> None:
    """/api/ask, whole and streamed; a follow-up in its conversation."""
    with service.client() as client:
        first = client.post("/api/ask", json={"question": ASKED}).json()
        more = {"question": FOLLOW_UP, "conversation": first["conversation"], "stream": True}
        streamed = client.post("/api/ask", json=more).text
    events = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: ")]

    assert holds(first["answer"])
    assert "不少于48学时" in first["citations"][0]["quote"]
    assert holds(events[-1]["answer"], SECOND)
    assert "480" not in streamed


def test_chat_clients_get_verified_words_only(service: Running, model: Server) -> None:
    """The clients of OpenAI and LangChain, streaming; what was asked before costs no second answer."""
    messages: Any = [{"role": "user", "content": text} for text in (ASKED, FOLLOW_UP)]
    model.asked.clear()
    with OpenAI(base_url=f"{service.url}/v1", api_key="none") as client:
        chunks = client.chat.completions.create(model="youju", messages=messages, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    chat = ChatOpenAI(base_url=f"{service.url}/v1", api_key=SecretStr("none"), model="youju")
    said = "".join(str(chunk.content) for chunk in chat.stream(ASKED))

    assert holds(text, SECOND)
    assert len(model.asked) == 2
    assert holds(said)


def test_agents_get_verified_words_only(service: Running) -> None:
    """MCP over HTTP."""

    async def ask() -> str:
        async with httpx2.AsyncClient(timeout=30) as http:
            transport = streamable_http_client(f"{service.url}/mcp", http_client=http)
            async with Client(transport) as client:
                result = await client.call_tool("ask", {"question": ASKED})
                return "".join(getattr(part, "text", "") for part in result.content)

    assert holds(asyncio.run(ask()))


def test_wecom_gets_verified_words_only(service: Running) -> None:
    """Growing, each time with verified words, never empty."""
    site = service.site
    answering = Answering(site.serving, site.state, WecomSettings(), lambda _: lambda _: "", lambda: ())
    message = Inbound("k", Sort.QUESTION, "b", "zhang", text=ASKED)
    grown = [said.text for said in answering.answers(Mode.LONG_CONNECTION, message, "wecom:b:zhang")]

    assert all(text.strip() and "480" not in text for text in grown)
    assert holds(grown[-1])


@pytest.mark.parametrize("reply", [fails(500), silent])
def test_a_model_that_fails_costs_a_line_at_each_door(tmp_path: Path, reply: Any) -> None:  # noqa: ANN401
    """The documents' own words, and why it is them."""
    with serving(reply) as server:
        llm = Llm(LlmSettings(server.url, "test"), Patience(connect=1, first=0.4, between=0.4, total=2))
        with model_service(tmp_path, llm) as service, service.client() as client:
            answer = client.post("/api/ask", json={"question": ASKED}).json()["answer"]
            said = client.post(
                "/v1/chat/completions", json={"messages": [{"role": "user", "content": ASKED}]}
            ).json()["choices"][0]["message"]["content"]

    for text in (answer, said):
        assert "48学时" in text
        assert "以上是文件原文的摘录" in text


def test_a_stop_ends_a_silent_model(tmp_path: Path) -> None:
    """Whoever stops listening does not wait for a model that says nothing: its thread ends."""
    with serving(silent) as server:
        llm = Llm(LlmSettings(server.url, "test"), Patience(first=60))
        with model_service(tmp_path, llm) as service, service.site.serving.base() as base:
            turns = base.engine.stream(ASKED)
            waiting = next(turns)
            turns.close()  # type: ignore[attr-defined]

    assert waiting.answer.text == ""
    assert [thread for thread in threading.enumerate() if thread.name == "llm"] == []
