"""Which way imports go, and which file is the only door to which library."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("index", "prompts", "bot", "eval", "tests")
MAY_IMPORT = {
    "index": {"index"},
    "prompts": {"prompts"},
    "bot": {"bot", "index", "prompts"},
    "eval": {"eval", "bot", "index", "prompts"},
    "tests": {"tests", "eval", "bot", "index", "prompts"},
}
# Library -> the files that may import it. An end with * stands for a module and its own parts.
DOORS = {
    "chromadb": ("index/store.py",),
    "sentence_transformers": ("index/models.py",),
    "onnxruntime": ("index/onnx.py",),
    "cn2an": ("bot/numerals.py",),
    "tantivy": ("index/keyword.py",),
    "opencc": ("index/script.py",),
    "selectolax": ("index/formats/*",),
    "langchain_core": ("index/retriever.py", "bot/llm.py", "bot/langchain.py", "eval/contenders.py"),
    **dict.fromkeys(
        ("bm25s", "langchain_chroma", "langchain_classic", "langchain_community", "langchain_text_splitters"),
        ("eval/contenders.py",),
    ),
    "playwright": ("eval/bench_page.py",),
    **dict.fromkeys(("langchain_openai", "openai"), ("bot/llm.py",)),
    "httpx2": ("bot/llm_client.py",),
    "langchain": ("index/retriever.py", "bot/llm.py"),
    "gradio": ("bot/web/chat.py",),
    "fastapi": ("bot/web/*", "bot/web/api/*", "bot/wecom/callback.py", "bot/wecom/service.py"),
    "starlette": ("bot/web/*", "bot/web/api/*", "bot/wecom/callback.py"),
    "cryptography": ("bot/wecom/crypto.py",),
    "defusedxml": ("bot/wecom/messages.py",),
    "websockets": ("bot/wecom/line.py",),
    "uvicorn": ("bot/web/server.py",),
    "jinja2": ("bot/web/pages.py", "eval/page.py"),
    "mcp": ("bot/mcp_server.py",),
    "sqlalchemy": ("bot/state/*",),
    "argon2": ("bot/state/accounts.py",),
    "authlib": ("bot/web/oidc.py",),
    "prometheus_client": ("bot/web/meter.py",),
    "docx": ("bot/export.py",),
    "matplotlib": ("eval/chart.py",),
    "openpyxl": ("eval/sheet.py",),
}
LONGEST = 300  # lines of a module; tests are tables of cases and may be longer
LONGER: dict[str, str] = {}  # file -> why it is longer
# Distributions whose import name is not theirs.
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "opencc": "opencc",
    "prometheus-client": "prometheus_client",
    "python-docx": "docx",
    "scikit-learn": "sklearn",
    "sentence-transformers": "sentence_transformers",
}


@dataclass(frozen=True)
class Import:
    """One import statement's module: where it stands and whether inside a function."""

    file: str
    line: int
    module: str
    late: bool
    explained: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def files(*folders: str) -> list[Path]:
    """Every Python file of these folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """The module's dotted name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path) for path in files(*FOLDERS)}


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file. A late one is explained by a comment on its line or the line above."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    inside = {
        id(node) for outer in ast.walk(tree) if isinstance(outer, functions) for node in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            module = node.module or ""
            names = [f"{module}.{a.name}" if f"{module}.{a.name}" in MODULES else module for a in node.names]
        else:
            continue
        explained = "#" in lines[node.lineno - 1] or _comment_above(lines, node.lineno - 2)
        for name in dict.fromkeys(names):
            yield Import(str(path.relative_to(ROOT)), node.lineno, name, id(node) in inside, explained)


def _comment_above(lines: list[str], position: int) -> bool:
    """Whether a comment stands above, other late imports between them counted as one group."""
    while lines[position].lstrip().startswith(("import ", "from ")):
        if "#" in lines[position]:
            return True
        position -= 1
    return lines[position].lstrip().startswith("#")


ALL = [found for path in files(*FOLDERS) for found in imports_of(path)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_run_one_way(folder: str) -> None:
    """Index <- bot <- eval; prompts is text plus a loader; nothing imports eval or tests but themselves."""
    wrong = [
        str(found)
        for found in ALL
        if found.file.startswith(f"{folder}/")
        and (top := found.module.split(".")[0]) in FOLDERS
        and top not in MAY_IMPORT[folder]
    ]

    assert wrong == []


def test_no_module_imports_itself_through_others() -> None:
    """There is no cycle, late imports included."""
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for found in ALL:
        if found.module in MODULES:
            graph[name_of(ROOT / found.file)].add(found.module)

    order = list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the cycle

    assert set(order) == MODULES


def test_imports_inside_functions_say_why() -> None:
    """A late import is for start-up time or an optional part, and a comment beside it says so."""
    assert [str(found) for found in ALL if found.late and not found.explained] == []


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    """A library is imported by its door alone, so that its types and errors stop there."""
    wrong = [
        str(found)
        for found in ALL
        if found.module.split(".")[0] == library
        and not found.file.startswith("tests/")
        and not any(Path(found.file).match(door) for door in DOORS[library])
    ]

    assert wrong == []


def test_the_nouns_import_nothing_of_ours() -> None:
    """The files that name things are leaves: they may be read first and alone."""
    leaves = {"index/document.py": set(), "index/errors.py": set(), "bot/conversation.py": {"index.document"}}

    found = {file: {i.module for i in ALL if i.file == file and i.module in MODULES} for file in leaves}

    assert found == leaves


def test_only_the_command_line_reads_settings() -> None:
    """os.environ is read where the program starts; elsewhere values come as arguments."""
    # Settings of libraries, which have no other way in; a child process inherits its environment.
    allowed = {"index/models.py", "bot/web/chat.py", "index/child.py", "eval/processes.py"}
    reading = {
        str(path.relative_to(ROOT))
        for path in files("index", "prompts", "bot", "eval")
        if path.name != "__main__.py" and path.parent.name != "commands"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }

    assert reading - allowed == set()


@pytest.mark.parametrize("path", files("index", "prompts", "bot", "eval"), ids=name_of)
def test_a_module_is_short(path: Path) -> None:
    """A module does one thing and can be read in one sitting."""
    if str(path.relative_to(ROOT)) not in LONGER:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_imported_library_is_declared() -> None:
    """What is imported is asked for in pyproject.toml, the tests' own tools under ``test``, and pinned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {_import_name(line) for line in project["dependencies"]}
    extras = project["optional-dependencies"]
    for_tests = needed | {_import_name(line) for line in extras["test"]}
    for_bench = needed | {_import_name(line) for line in extras["bench"]}
    allowed = {"tests": for_tests, "eval/bench_page.py": for_tests, "eval/contenders.py": for_bench}
    wrong = [
        str(found)
        for found in ALL
        if (top := found.module.split(".")[0]) not in sys.stdlib_module_names
        and top not in FOLDERS
        and top not in allowed.get(found.file, allowed.get(found.file.split("/")[0], needed))
    ]

    assert wrong == []


def test_every_declared_library_is_used_and_pinned() -> None:
    """Nothing is installed for nothing, and everything installed is pinned in constraints.txt."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = {line.partition("==")[0].lower().replace("_", "-") for line in _pins()}
    tools = {"mypy", "ruff", "types_defusedxml"}  # commands, not imports
    # Of jieba a data file is read; rank_bm25 is what LangChain's keyword retriever runs on, accelerate what
    # transformers serve does.
    indirect = {"jieba", "rank_bm25", "accelerate"}
    imported = {found.module.split(".")[0] for found in ALL}
    declared = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]

    assert [line for line in declared if _distribution(line) not in pins] == []
    assert {_import_name(line) for line in declared} - imported == tools | indirect


def test_pins_are_exact_and_name_no_host() -> None:
    """constraints.txt holds name==version and nothing else."""
    assert all("==" in line and "/" not in line and "+" not in line for line in _pins())
    assert "torch==2.13.0" in _pins()


def _pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _distribution(requirement: str) -> str:
    name = requirement
    for mark in ("[", "=", ">", "<", "~", "!", ";", " "):
        name = name.partition(mark)[0]
    return name.lower().replace("_", "-")


def _import_name(requirement: str) -> str:
    name = _distribution(requirement)
    return IMPORTED_AS.get(name, name.replace("-", "_"))
