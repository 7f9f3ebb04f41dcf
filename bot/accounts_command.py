"""``python -m bot accounts``: who may sign in, as whoever runs the server keeps it."""

import argparse
import sys
from collections.abc import Callable
from getpass import getpass
from typing import TYPE_CHECKING

from bot.state.records import Role

if TYPE_CHECKING:
    from bot.state.database import State

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_WORDS = {Role.READER: "读者，只能提问", Role.OPERATOR: "管理员，还能管理文件、查看提问记录"}
_ROLES = f"角色：{'；'.join(f'{role.value}（{words}）' for role, words in _WORDS.items())}"


def add_parser(commands: "Commands") -> argparse.ArgumentParser:
    """Add the command to a program's and return its parser; ``run`` does what was parsed."""
    parser = commands.add_parser("accounts", help="管理能登录网页的账号")
    actions = parser.add_subparsers(required=True, metavar="操作")
    listed = actions.add_parser("list", help="列出账号")
    listed.set_defaults(action=_list)
    added = actions.add_parser("add", help="添加账号，密码随后输入，或从标准输入读取一行")
    added.add_argument("--role", type=_role, default=Role.READER, help=f"{_ROLES}。默认 reader")
    added.set_defaults(action=_add)
    password = actions.add_parser("password", help="修改密码，并结束这个账号的登录")
    password.set_defaults(action=_password)
    role = actions.add_parser("role", help="修改角色，立即生效")
    role.set_defaults(action=_change_role)
    removed = actions.add_parser("remove", help="删除账号，并结束它的登录")
    removed.set_defaults(action=_remove)
    for action in (added, password, role, removed):
        action.add_argument("name", metavar="名称", help="登录用的名称")
    role.add_argument("role", metavar="角色", type=_role, help=_ROLES)
    return parser


def run(options: argparse.Namespace, state: "State") -> str:
    """Do what was asked for and return what to print. Raises YoujuError where it cannot be done."""
    action: Callable[[argparse.Namespace, State], str] = options.action
    return action(options, state)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        msg = f"没有角色 {text!r}：应为 {' 或 '.join(Role)}"
        raise argparse.ArgumentTypeError(msg) from None


def _list(_: argparse.Namespace, state: "State") -> str:
    accounts = state.accounts.all()
    if not accounts:
        return "还没有账号。请用 python -m bot accounts add 名称 添加。"
    return "\n".join(f"{one.name}\t{one.role}\t{one.created.astimezone():%Y-%m-%d}" for one in accounts)


def _add(options: argparse.Namespace, state: "State") -> str:
    from bot.state.accounts import acceptable_name  # late: a question needs no database

    name = acceptable_name(options.name)  # before the password is asked for
    state.accounts.add(name, _asked_password(), options.role)
    return f"已添加账号“{name}”（{_WORDS[options.role]}）。"


def _password(options: argparse.Namespace, state: "State") -> str:
    from bot.state.accounts import no_account  # late, as above

    if state.accounts.person(options.name) is None:  # before the password is asked for
        raise no_account(options.name)
    state.accounts.set_password(options.name, _asked_password())
    return f"已修改账号“{options.name}”的密码，它的登录都已结束，要用新密码重新登录。"


def _change_role(options: argparse.Namespace, state: "State") -> str:
    state.accounts.set_role(options.name, options.role)
    return f"账号“{options.name}”现在是{_WORDS[options.role]}。"


def _remove(options: argparse.Namespace, state: "State") -> str:
    state.accounts.remove(options.name)
    return (
        f"已删除账号“{options.name}”，它的登录都已结束。"
        "它的对话还留着：以后再添加同名的账号，会看到这些对话。"
    )


def _asked_password() -> str:
    """Ask for a password twice, or read it from standard input where nobody types. Raises Unacceptable."""
    from bot.state.errors import Unacceptable  # late, as above

    try:
        if sys.stdin is None or not sys.stdin.isatty():
            return (sys.stdin.readline() if sys.stdin else "").rstrip("\r\n")
        password = getpass("密码：")
        again = getpass("再输入一次：")
    except (EOFError, UnicodeDecodeError):
        msg = "没有读到密码：请在提示后输入，或从标准输入给出一行 UTF-8 文字。"
        raise Unacceptable(msg) from None
    if password != again:
        msg = "两次输入的密码不同：请再运行一次。"
        raise Unacceptable(msg)
    return password
