"""Where a model comes from: versions and the commit of the code."""

import platform
import subprocess
from pathlib import Path

import numpy
import torch

from . import __version__


def commit() -> str:
    """The commit of this code, `+changes` after it when its folder differs from it; `unknown` outside git."""
    folder = Path(__file__).parent

    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout

    try:
        changes = git("status", "--porcelain", "--", ".").strip()
        return git("rev-parse", "HEAD").strip() + ("+changes" if changes else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def versions() -> dict[str, str]:
    """Versions of what computed."""
    return {
        "sotto-training": __version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": numpy.__version__,
    }
