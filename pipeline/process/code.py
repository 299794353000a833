"""A name for the code that computes: it changes with any of our modules, and with the packages below them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("features", "models", "pipeline")
PACKAGES = ("lightgbm", "numba", "numpy", "pyarrow", "scipy")


@cache
def code_digest() -> str:
    """SHA-256 over our own modules and the versions of the packages that compute."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in PACKAGES).encode())
    for path in sorted(path for name in CODE for path in (ROOT / name).rglob("*.py")):
        digest.update(f"\n{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
