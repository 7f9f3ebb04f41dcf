"""A real model server, transformers serve, with a tiny model of random weights: the wire, not the wit."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation import Draft
from bot.engine import Engine
from bot.llm import Llm, LlmError, Message, Patience, Trouble
from bot.llm_settings import LlmSettings
from bot.writer import ModelEngine
from index.build import build
from index.search import open_index
from tests.bases import write_documents

WORDS = "执法人员每年培训不少于学时有据政策文件查询的是在和了一二三四五六七八九十，。"


def write_model(folder: Path) -> None:
    """Write a language model of one small layer that knows a few characters."""
    # Late: they take seconds, and the tests are skipped where the server cannot run.
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

    vocabulary = {word: number for number, word in enumerate(["<unk>", "</s>", *dict.fromkeys(WORDS)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.decoder = decoders.Fuse()
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>", pad_token="</s>"
    )
    fast.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    fast.save_pretrained(folder)
    set_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8192,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlmSettings]:
    """A server of that model, ended afterwards."""
    pytest.importorskip("accelerate", reason="transformers serve loads no model without accelerate")
    folder = tmp_path_factory.mktemp("model")
    write_model(folder / "tiny")
    (folder / "hub").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("transformers")), "serve", "--host", "127.0.0.1"]
    environment = os.environ | {"HF_HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen(
        [*command, "--port", str(port), "--device", "cpu"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        said = next((line for line in server.stdout if "Uvicorn running" in line), "")
        try:
            assert said, "transformers serve did not start"
            yield LlmSettings(f"http://127.0.0.1:{port}/v1", str(folder / "tiny"))
        finally:
            server.terminate()


def test_a_real_server_streams_its_characters(settings: LlmSettings) -> None:
    """What it writes comes piece by piece; that it never ends by itself is told as cut."""
    pieces: list[str] = []
    deltas = Llm(settings, Patience(first=60)).stream((Message("user", "每年培训"),), 12)
    with pytest.raises(LlmError) as error:
        pieces.extend(deltas)  # keeps what came before the error

    assert error.value.trouble is Trouble.CUT
    assert len(pieces) > 1
    assert set("".join(pieces)) <= {*WORDS, "<", "u", "n", "k", ">"}


def test_its_nonsense_never_reaches_the_reader(settings: LlmSettings, tmp_path: Path) -> None:
    """A whole question over a real model ends with the documents' own words."""
    question = "云岭县执法人员每年至少培训多少学时？"
    build(write_documents(tmp_path / "documents"), tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        engine = ModelEngine(Engine(index), Llm(settings, Patience(first=60)))
        answer = engine.ask(question).answer
        plain = engine.extractive.ask(question).answer

    assert isinstance(answer.draft, Draft)
    assert answer.citations == plain.citations
    assert answer.text.startswith(plain.text)
