"""The command that asks a language model for a second opinion: judge."""

import argparse
import json
import os
from pathlib import Path

from bot.llm_settings import LlmSettings
from eval.cases import CaseError
from eval.commands.opened import OK, Commands
from eval.judge import judged_report, opinions
from eval.kept import read_kept
from eval.metering import MeteredLlm


def add_judge_command(commands: Commands) -> None:
    """Add the command to the parser."""
    judging = commands.add_parser("judge", help="请语言模型再看一遍回答，与按事实判的分对照（不单独作数）")
    judging.set_defaults(do=_judge)
    judging.add_argument("run", type=Path, metavar="评测", help="run --out 的文件夹或 --json 的文件")
    judging.add_argument("--out", type=Path, metavar="文件", help="把模型的判断逐题存下来（JSON 行）")


def _judge(options: argparse.Namespace) -> int:
    settings = LlmSettings.from_environment(os.environ)
    if settings is None:
        raise CaseError("没有设置语言模型：请写 YOUJU_LLM_BASE_URL 和 YOUJU_LLM_MODEL，见 docs/settings.md。")
    model = MeteredLlm(settings)
    judged = list(opinions(read_kept(options.run).run.outcomes, model))
    if options.out:
        rows = ({"id": one.outcome.case.id, "right": one.right, "said": one.said} for one in judged)
        options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    for line in judged_report(judged):
        print(line)
    used = model.used(None)
    if used:
        print(f"{settings.model} 读了约 {used.read} 个 token，写了约 {used.written} 个。")
    return OK
