"""Whether the language model that is set can be used: reached, listed, answering, streaming, citing."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing

from bot.checkup import Finding
from bot.llm import Llm, LlmError, Message, Trouble
from bot.llm_settings import LlmSettings
from bot.thoughts import AGAIN
from bot.verify import MARK
from prompts.model import prompt

_PASSAGE = "行政执法人员每人每年参加业务培训不少于48学时。"
_MOST = 1000  # tokens
_SLOW = 8.0  # seconds to the first token, after which a reader has given up
_MEND = {
    Trouble.UNREACHABLE: "请检查 YOUJU_LLM_BASE_URL、防火墙和模型服务；这里不用代理，也不跟随跳转。",
    Trouble.REFUSED: "请检查 YOUJU_LLM_API_KEY。",
    Trouble.UNKNOWN: "请检查 YOUJU_LLM_MODEL 的写法，YOUJU_LLM_BASE_URL 通常以 /v1 结尾。",
    Trouble.SILENT: "模型太慢，或者没有加载好；回答会退回原文摘录。",
    Trouble.BUSY: "服务限制了请求数，请稍后再试，或提高限额。",
    Trouble.CUT: "模型没有写完就断了，请看模型服务的日志；上下文太短时请把 YOUJU_LLM_CONTEXT 改小。",
}


def examine(settings: LlmSettings | None, llm: Llm | None = None) -> Iterator[Finding]:
    """Look at everything a model needs, one after the other; never raises."""
    if settings is None:
        yield Finding(
            True, "语言模型", "没有设置，回答直接摘自原文。要用请设置 YOUJU_LLM_BASE_URL 和 YOUJU_LLM_MODEL。"
        )
        return
    llm = llm or Llm(settings)
    yield Finding(
        True, "设置", f"{settings.base_url}，模型 {settings.model}，上下文 {settings.context} token"
    )
    try:
        names = llm.models()
    except LlmError as error:
        yield Finding(False, "连接", _mend(error))
        if error.trouble in (Trouble.UNREACHABLE, Trouble.REFUSED):
            return
    else:
        yield Finding(True, "连接", "能连上。")
        yield _listed(settings.model, names)
    yield from _answering(llm)


def _listed(model: str, names: Sequence[str]) -> Finding:
    if model in names:
        return Finding(True, "模型", f"服务列出了 {model}。")
    words = f"服务没有列出 {model}，列出的有：{'、'.join(names[:10]) or '无'}。请核对 YOUJU_LLM_MODEL。"
    return Finding(False, "模型", words)


def _answering(llm: Llm) -> Iterator[Finding]:
    """Ask one question of one passage, as every question is asked."""
    told = prompt("answer")
    asked = told.fill(
        count="1",
        fence="引文0",
        passages=f"材料[1] 《检查》\n〈〈引文0\n{_PASSAGE}\n引文0〉〉",
        question="执法人员每年至少培训多少学时？",
    )
    began, first, pieces = time.monotonic(), 0.0, list[str]()
    try:
        with closing(llm.stream((Message("system", told.system), Message("user", asked)), _MOST)) as deltas:
            for delta in filter(None, deltas):
                first = first or time.monotonic() - began
                pieces.append(delta)
    except LlmError as error:
        yield Finding(False, "回答", _mend(error))
        return
    said = "".join(pieces)
    answer = said.rpartition(AGAIN)[2].strip()
    yield Finding(bool(answer), "回答", f"{time.monotonic() - began:.1f} 秒写完：{answer[:60]}")
    good = len(pieces) > 1 and first < _SLOW
    slow = f"第一个字等了 {first:.1f} 秒，分 {len(pieces)} 次收到。"
    yield Finding(good, "流式输出", slow if good else f"{slow}请检查反向代理是否攒着不发，或换快一些的模型。")
    if AGAIN in said:
        yield Finding(
            False,
            "思考过程",
            "思考过程混在回答里，请给模型服务加上推理解析器（例如 vLLM 的 --reasoning-parser）。",
        )
    if "48" in answer and MARK.search(answer):
        yield Finding(True, "引用", "按要求注明了依据的编号，数字正确。")
    else:
        words = (
            "没有按要求照抄数字、注明 [1]。这样的模型写的多半通不过核对，会退回原文摘录，请换大一些的模型。"
        )
        yield Finding(False, "引用", words)


def _mend(error: LlmError) -> str:
    return f"{error}{_MEND.get(error.trouble, '请看模型服务的日志。')}"
