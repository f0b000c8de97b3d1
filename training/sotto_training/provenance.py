"""Where a model comes from: versions and the commit of the code, and the phases of its training."""

import platform
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
import torch

from . import __version__

if TYPE_CHECKING:
    from .configuration import Configuration


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


def phases(configuration: "Configuration", state: dict) -> list[str]:
    """Every phase of the training in a sentence, the one whose weights were the start of the others first."""
    start = state["origin"].get("start", {})
    return [*start.get("phases", []), phase(configuration, state)]


def phase(configuration: "Configuration", state: dict) -> str:
    """The phase that a run was, in a sentence."""
    fit, epochs = configuration.fit, state["epoch"] + 1
    if configuration.adversarial:
        table = configuration.adversarial
        return (
            f"adversarial ({table.objective}), a conditional discriminator: {epochs * table.iterations} iterations of "
            f"{table.updates} updates of it and one of the generator, {table.supervised:g} of the supervised loss kept"
        )
    if configuration.critics:
        table = configuration.critics
        return (
            f"semi-supervised, a Wasserstein critic a source: {epochs * table.iterations} iterations of {table.updates} "
            f"updates of them and one of the separator, alpha {table.alpha:g}, beta {table.beta:g}"
        )
    if fit.optimiser == "lbfgs":
        return f"supervised ({fit.loss}), L-BFGS over the full batch, {epochs * fit.iterations} iterations"
    return f"supervised ({fit.loss}), Adam, {epochs} epochs"
