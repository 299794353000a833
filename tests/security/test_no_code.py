"""Nothing that is read is ever run: by the calls in our three packages, and by what a crafted model file can do."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import ModelProblem
from models.bundle import BOOSTER, BUNDLE, DIGESTS, canonical, digest, write_files
from models.stored import load_model

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("features", "models", "pipeline")
MODULES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "shelve", "marshal", "skops", "yaml", "subprocess"}
CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "joblib.load", "joblib.dump"),
    *("pd.read_pickle", "pandas.read_pickle", "yaml.load", "np.save", "np.load"),
}
ALLOWED_WITH = {"np.save": "allow_pickle=False", "np.load": "allow_pickle=False"}


def runs_code(text: str) -> Iterator[str]:
    """What in a module could run data, or hand objects to something that would."""
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (f"imports {name}" for name in names if name.split(".")[0] in MODULES)
        if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in CALLS:
            needed = ALLOWED_WITH.get(called)
            if needed is None or needed not in ast.unparse(node):
                yield f"line {node.lineno} calls {called}"
        if isinstance(node, ast.keyword) and ast.unparse(node) in {"shell=True", "allow_pickle=True"}:
            yield f"line {node.value.lineno} says {ast.unparse(node)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_runs_what_it_reads(package: str) -> None:
    found = {str(path): [*runs_code(path.read_text())] for path in (CHECKOUT / package).rglob("*.py")}
    assert {path: reasons for path, reasons in found.items() if reasons} == {}


@pytest.mark.parametrize(
    "sample",
    [
        "import pickle",
        "from yaml import load",
        "import joblib\njoblib.load('x')",
        "np.load('x')",
        "np.load('x', allow_pickle=True)",
        "eval('1')",
        "import subprocess",
        "run('x', shell=True)",
        "import os\nos.system('x')",
    ],
)
def test_the_check_finds_each_of_them(sample: str) -> None:
    assert [*runs_code(sample)]


PICKLE = b"cos\nsystem\n(S'touch owned'\ntR."
CRAFTED = {
    "a pickle": PICKLE,
    "nothing": b"",
    "a tree that points outside its arrays": b"tree\nversion=v4\n\nTree=0\nnum_leaves=9999999\nleft_child=-9\n",
    "half a tree": b"tree\nversion=v4\nnum_class=1\nfeature_names=a\ntree_sizes=100000\n\nTree=0\nnum_lea",
    "signs that are no text": bytes(range(256)),
    "a very long line": b"tree\n" + b"9" * 1_000_000,
}


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path / "model", "tree\nversion=v4\n", {"names": ["a"]})
    return tmp_path / "model"


@pytest.mark.parametrize("name", [BOOSTER, BUNDLE, DIGESTS])
@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_crafted_file_is_refused_by_its_digest_and_runs_nothing(model: Path, name: str, content: bytes) -> None:
    (model / name).write_bytes(content)
    with pytest.raises(ModelProblem, match="damaged or was changed"):
        load_model(model)
    assert not (model.parent / "owned").exists()


@pytest.mark.parametrize("kept", [0, 1, 5, -2])
@pytest.mark.parametrize("name", [BOOSTER, BUNDLE, DIGESTS])
def test_a_file_cut_anywhere_is_refused(model: Path, name: str, kept: int) -> None:
    (model / name).write_bytes((model / name).read_bytes()[:kept])
    with pytest.raises(ModelProblem, match="damaged or was changed"):
        load_model(model)


BUNDLES = {
    "a list": [],
    "a number": 1,
    "no format": {},
    "a format that is no number": {"format": "2"},
}


@pytest.mark.parametrize("bundle", BUNDLES.values(), ids=BUNDLES)
def test_a_bundle_with_a_right_digest_and_a_wrong_meaning_is_refused(model: Path, bundle: object) -> None:
    (model / BUNDLE).write_text(json.dumps(bundle))
    listed = json.loads((model / DIGESTS).read_text()) | {BUNDLE: digest((model / BUNDLE).read_bytes())}
    (model / DIGESTS).write_bytes(canonical(listed))
    with pytest.raises(ModelProblem, match="damaged or was changed"):
        load_model(model)
