"""House rules that a machine can check, over every file of the project. Each rule comes with a sample it refuses."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("features", "models", "pipeline")
SOURCES = tuple(f"{package}/*.py" for package in PACKAGES)

# Names are written with a gap, so that this file does not hold what it looks for.
REGISTRIES = """py|pi.org python|hosted.org npm|js.org yarn|pkg.com ana|conda.org crates|.io ruby|gems.org
    maven|.org proxy.|golang.org deb.|debian.org docker|.io""".replace("|", "").split()
UNFINISHED = "TO|DO FIX|ME XX|X HA|CK".replace("|", "").split()
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
CODE_IN_DATA = {"pickle", "cloudpickle", "dill", "marshal", "shelve", "skops"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
OUTSIDE_WORLD = {"os", "pathlib", "time", "random", "tempfile", "shutil", "subprocess", "socket", "urllib"}
PROSE = ("*.md", "*.toml", "*.ipynb", "Makefile", ".ci/*", "notebooks/*", "benchmarks/*")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|opt)/\w")


def tracked() -> list[str]:
    """Every file that is or would be committed, as a path relative to the checkout."""
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    else:  # an unpacked archive
        left_out = {".venv", "runs", "__pycache__"}
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [path.as_posix() for path in paths if not left_out & set(path.parts)]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def registry_addresses(name: str, text: str) -> Iterator[str]:
    yield from (f"names {host}" for host in REGISTRIES if host in text.lower())


def unhashed(name: str, text: str) -> Iterator[str]:
    for entry in text.replace("\\\n", " ").splitlines():
        if not re.fullmatch(r"[a-z0-9-]+==[^ ]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", entry):
            yield f"not a pinned and hashed requirement: {entry[:60]}"


def too_long(name: str, text: str) -> Iterator[str]:
    if text.count("\n") > 300:
        yield f"{text.count(chr(10))} lines, at most 300"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > 60:
                yield f"{node.name} has {length} lines, at most 60"


def unfinished(name: str, text: str) -> Iterator[str]:
    yield from (match.group() for match in re.finditer(rf"\b({'|'.join(UNFINISHED)})\b", text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and all(isinstance(child, ast.Pass) for child in node.body):
            yield f"line {node.lineno} swallows an error"
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplemented" in ast.unparse(node.exc):
            yield f"line {node.lineno} is not implemented"


def code_in_data(name: str, text: str) -> Iterator[str]:
    yield from (f"imports {module}" for module in _imported(text) if module in CODE_IN_DATA)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {*RUNS_TEXT, "joblib.load", "joblib.dump"}:
            yield f"line {node.lineno} calls {ast.unparse(node.func)}"


def impure(name: str, text: str) -> Iterator[str]:
    yield from (f"imports {module}" for module in _imported(text) if module in OUTSIDE_WORLD)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and re.search(r"\b(now|today|utcnow|open)$", ast.unparse(node.func)):
            yield f"line {node.lineno} calls {ast.unparse(node.func)}"


def asks_clock_or_environment(name: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Call, ast.Attribute)):
            reached = ast.unparse(node.func if isinstance(node, ast.Call) else node)
            if re.search(r"(\b(now|today|utcnow|getenv|time)$)|\benviron\b", reached):
                yield f"line {node.lineno} reaches for {reached}"


def vague_name(name: str, text: str) -> Iterator[str]:
    yield from (f"says nothing: {part}" for part in PurePosixPath(name).with_suffix("").parts if part in VAGUE)


def package_marker(name: str, text: str) -> Iterator[str]:
    if PurePosixPath(name).name == "__init__.py":
        yield "would shadow the package it tests"


def machine_paths(name: str, text: str) -> Iterator[str]:
    yield from (f"holds a path of one machine: {match.group()}" for match in MACHINE_PATH.finditer(text))


def _imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@dataclass(frozen=True)
class Rule:
    """A check of the files that match `where`, and a text it has to refuse under the name `sample_name`."""

    check: Callable[[str, str], Iterator[str]]
    where: tuple[str, ...]
    sample: str
    sample_name: str = "features/sample.py"


RULES = [
    Rule(registry_addresses, ("*",), f"--index-url https://{REGISTRIES[0]}/simple"),
    Rule(registry_addresses, ("*",), f'"resolved": "https://registry.{REGISTRIES[2].upper()}/x.tgz"'),
    Rule(unhashed, ("requirements/*.lock",), "numpy==2.4.6\n"),
    Rule(unhashed, ("requirements/*.lock",), f"numpy>=2.4 --hash=sha256:{'0' * 64}\n"),
    Rule(unhashed, ("requirements/*.lock",), "--find-links wheels\n"),
    Rule(too_long, ("*.py",), "x = 1\n" * 301),
    Rule(too_long, ("*.py",), "def long():\n" + "    x = 1\n" * 60),
    Rule(unfinished, ("*.py",), f"x = 1  # {UNFINISHED[0]} the rest"),
    Rule(unfinished, ("*.py",), "try:\n    x = 1\nexcept OSError:\n    pass"),
    Rule(unfinished, ("*.py",), "def later():\n    raise NotImplementedError"),
    Rule(code_in_data, SOURCES, "import pickle"),
    Rule(code_in_data, SOURCES, "from cloudpickle import loads"),
    Rule(code_in_data, SOURCES, "eval('1 + 1')"),
    Rule(code_in_data, SOURCES, "import joblib\njoblib.load('model')"),
    Rule(impure, ("features/*.py",), "import os"),
    Rule(impure, ("features/*.py",), "from datetime import date\ndate.today()"),
    Rule(asks_clock_or_environment, ("models/*.py",), "import datetime\ndatetime.datetime.now()"),
    Rule(asks_clock_or_environment, ("models/*.py",), "import os\nos.environ['HOME']"),
    Rule(vague_name, ("*.py",), "", "models/helpers.py"),
    Rule(vague_name, ("*.py",), "", "pipeline/common/files.py"),
    Rule(package_marker, ("tests/*",), "", "tests/features/__init__.py"),
    Rule(machine_paths, SOURCES + PROSE, "DATA = '/home/me/orders.csv'"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_a_rule_refuses_its_sample(rule: Rule) -> None:
    assert list(rule.check(rule.sample_name, rule.sample))


@pytest.mark.parametrize("rule", {rule.check: rule for rule in RULES}.values(), ids=lambda rule: rule.check.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    names = [name for name in tracked() if any(fnmatch(name, pattern) for pattern in rule.where)]
    findings = [f"{name}: {found}" for name in names for found in rule.check(name, (ROOT / name).read_text("utf-8"))]
    assert names, f"no file matches {rule.where}"
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_comes_from_this_checkout(package: str) -> None:
    assert Path(importlib.import_module(package).__file__ or "").is_relative_to(ROOT)
    assert set(packages_distributions().get(package, [])) <= {"moorings"}, f"a stranger ships {package}"


def test_a_stranger_in_front_of_the_checkout_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").touch()
    found = PathFinder.find_spec("models", [str(tmp_path), str(ROOT)])
    assert found is not None and not Path(found.origin or "").is_relative_to(ROOT)


def test_the_run_lock_is_a_part_of_the_development_lock() -> None:
    run, development = (
        set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / f"requirements/{name}.lock").read_text(), re.MULTILINE))
        for name in ("run", "dev")
    )
    assert run < development
