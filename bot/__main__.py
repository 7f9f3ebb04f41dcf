"""The command line, and the only place that wires the parts together: ``python -m bot …``."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot import accounts_command, keys_command, logs
from bot.checkup import Finding
from bot.conversation import Turn
from bot.doctor import examine as examine_model
from bot.drafted import drafted
from bot.engine import Engine
from bot.explain import explain
from bot.llm import Llm
from bot.llm_settings import LlmSettings
from bot.render import plain, record
from bot.settings import BotSettings, port_number, require_accounts
from bot.wecom.settings import WecomSettings
from bot.writer import ModelEngine
from index.console import finish
from index.errors import SettingsError, YoujuError
from index.ready import ready_index
from index.report import speak_chinese
from index.settings import Settings
from prompts.model import PromptError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code. Every error the user can mend is one line on stderr."""
    speak_chinese()
    try:
        return finish(lambda: _run(arguments))
    except KeyboardInterrupt:
        return 130


def _run(arguments: list[str] | None) -> int:
    options = _parser().parse_args(arguments)
    # The products of a question are small: threads that share out one of them wait for each other longer
    # than they reckon, three times as long where other processes want the cores too.
    with threadpool_limits(1, user_api="blas"):
        try:
            return int(options.run(options, Settings.from_environment(os.environ)))
        except PromptError as error:
            raise SettingsError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="有据：问政策，答有据")
    commands = parser.add_subparsers(required=True, metavar="命令")
    ask = commands.add_parser("ask", help="在命令行提问")
    ask.add_argument("question", nargs="?", help="问题；不写则进入连续问答")
    ask.add_argument("--json", action="store_true", help="输出 JSON")
    ask.add_argument(
        "--batch", type=Path, metavar="文件", help="逐行读取问题文件（JSONL），每个问题输出一行 JSON"
    )
    ask.add_argument("--explain", action="store_true", help="先说明问题怎样理解、查到什么、为什么这样回答")
    ask.set_defaults(run=_ask)
    web = commands.add_parser("web", help="启动网页；设置了企业微信时一并启动")
    web.add_argument("--host", help="监听地址，默认 127.0.0.1")
    web.add_argument("--port", type=port_number, help="端口，默认 7860")
    web.set_defaults(run=_web)
    wecom = commands.add_parser("wecom", help="单独启动企业微信机器人，或检查它的设置")
    wecom.add_argument("what", nargs="?", choices=["serve", "doctor"], default="serve", help="启动，或检查")
    wecom.add_argument("--host", help="监听地址，默认 127.0.0.1")
    wecom.add_argument("--port", type=port_number, help="端口，默认 7860")
    wecom.set_defaults(run=_wecom)
    doctor = commands.add_parser("doctor", help="检查语言模型的设置：连不连得上、写得怎么样，哪里不对怎么改")
    doctor.set_defaults(run=_doctor)
    mcp = commands.add_parser("mcp", help="给智能体程序（MCP）用：由它启动，从标准输入输出对话")
    mcp.set_defaults(run=_mcp)
    accounts_command.add_parser(commands).set_defaults(run=_people, act=accounts_command.run)
    keys_command.add_parser(commands).set_defaults(run=_people, act=keys_command.run)
    for command in (ask, web, wecom, mcp):
        command.add_argument(
            "--documents", type=Path, metavar="文件夹", help="文件所在的文件夹；索引缺失或过期时先建索引"
        )
        command.add_argument("--index", type=Path, metavar="文件夹", help="索引存放的文件夹")
    return parser


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if options.explain and (options.json or options.batch):
        msg = "--explain 是写给人看的说明，不能与 --json、--batch 同用：请去掉其中一个。"
        raise SettingsError(msg)
    batch = list(_questions(options.batch)) if options.batch else []
    llm = LlmSettings.from_environment(os.environ)
    with ready_index(options.documents, options.index, settings) as index:
        engine = ModelEngine(Engine(index), Llm(llm)) if llm else Engine(index)
        if options.batch:
            for turns in batch:
                history: list[Turn] = []
                for identity, text in turns:
                    history.append(engine.ask(text, history))
                    print(json.dumps(record(identity, history[-1].answer), ensure_ascii=False), flush=True)
        elif options.question is not None:
            _answer(engine, options.question, [], options)
        else:
            _converse(engine, options)
    return 0


def _converse(engine: Engine | ModelEngine, options: argparse.Namespace) -> None:
    history: list[Turn] = []
    print("请输入问题，直接回车或按 Ctrl-D 结束。", file=sys.stderr)
    while True:
        try:
            text = input("问：" if sys.stdin.isatty() else "")
        except EOFError:
            return
        if not text.strip():
            return
        history.append(_answer(engine, text, history, options))


def _answer(
    engine: Engine | ModelEngine, text: str, history: Sequence[Turn], options: argparse.Namespace
) -> Turn:
    """Ask and print the answer, where it is wanted with its explanation before it and what became of a
    model's draft behind it.
    """
    turn, followed = engine.follow(text, history)
    if options.explain:
        alone = [engine.understand(inquiry.question.text) for inquiry in followed]
        print("\n" * bool(history) + explain(followed, alone, engine.holdings.documents))
    print(json.dumps(record("", turn.answer), ensure_ascii=False) if options.json else plain(turn.answer))
    if options.explain and turn.answer.draft:
        print(f"\n{drafted(turn.answer.draft)}")
    return turn


def _questions(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Yield conversations, each a list of (id, question); raise YoujuError naming a bad line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"无法读取问题文件 {path}：{error}。请检查路径，文件应为 UTF-8 编码，每行一个 JSON。"
        raise YoujuError(msg) from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            yield [(str(turn["id"]), str(turn["question"])) for turn in case.get("turns", [case])]
        except (ValueError, KeyError, TypeError, AttributeError):
            msg = f"问题文件 {path} 第 {number} 行格式不对：应为一行 JSON，含 id 和 question，或 turns。"
            raise YoujuError(msg) from None


def _web(options: argparse.Namespace, settings: Settings) -> int:
    # Late: Gradio takes seconds to import, the rest half a second, and only services need them.
    from bot.opening import open_site, running_wecom
    from bot.web.app import build_app
    from bot.web.offers import Offered
    from bot.web.server import serve

    bot = BotSettings.from_environment(os.environ, options.host, options.port)
    wecom, llm = WecomSettings.from_environment(os.environ), LlmSettings.from_environment(os.environ)
    logs.set_up(bot.log)
    with open_site(options.documents, options.index, settings, bot, llm) as site:
        require_accounts(bot.access, len(site.state.accounts.all()))
        with running_wecom(site, wecom, bot.public_url) as channels:
            app = build_app(site, Offered(), [channel.routes for channel in channels])
            serve(app, bot.host, bot.port)
    return 0


def _wecom(options: argparse.Namespace, settings: Settings) -> int:
    # Late, as above.
    from bot.opening import open_site, running_wecom
    from bot.web.front import bare
    from bot.web.server import serve

    bot = BotSettings.from_environment(os.environ, options.host, options.port)
    wecom, llm = WecomSettings.from_environment(os.environ), LlmSettings.from_environment(os.environ)
    logs.set_up(bot.log)
    if options.what == "doctor":
        return _examine(settings, bot, wecom)
    if not wecom.modes:
        msg = "没有设置 YOUJU_WECOM_MODE：写上 longconn、aibot、app 中的一种或几种，见 docs/wecom.md。"
        raise SettingsError(msg)
    with (
        open_site(options.documents, options.index, settings, bot, llm) as site,
        running_wecom(site, wecom, bot.public_url) as channels,
    ):
        serve(bare(site, [channel.routes for channel in channels]), bot.host, bot.port)
    return 0


def _examine(settings: Settings, bot: BotSettings, wecom: WecomSettings) -> int:
    # Late, as above.
    from bot.opening import open_state
    from bot.wecom.api import Api
    from bot.wecom.doctor import examine

    with closing(open_state(settings, bot)) as state, closing(Api(wecom, state.inbox)) as api:
        return _told(examine(wecom, api, bot.public_url, time.time, state.inbox.held))


def _doctor(_: argparse.Namespace, __: Settings) -> int:
    return _told(examine_model(LlmSettings.from_environment(os.environ)))


def _told(findings: Iterable[Finding]) -> int:
    """Print findings as they come; return 1 where one of them is not good."""
    good = True
    for finding in findings:
        print(finding, flush=True)
        good &= finding.good
    return 0 if good else 1


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    # Late, as above.
    from bot import mcp_command
    from bot.opening import open_site

    bot = BotSettings.from_environment(os.environ)
    llm = LlmSettings.from_environment(os.environ)
    logs.set_up(bot.log)
    with open_site(options.documents, options.index, settings, bot, llm) as site:
        mcp_command.serve(site, bot.public_url)
    return 0


def _people(options: argparse.Namespace, settings: Settings) -> int:
    """Do what concerns who may sign in or ask."""
    # Late, as above.
    from bot.opening import open_state

    with closing(open_state(settings, BotSettings.from_environment(os.environ))) as state:
        print(options.act(options, state))
    return 0


if __name__ == "__main__":
    sys.exit(main())
