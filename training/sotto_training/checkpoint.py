"""Saving and loading the whole state of a run, so that a resumed run equals one that was not interrupted."""

import os
from pathlib import Path

import torch

from .problem import Problem

FORMAT = 1


def save(state: dict, path: Path):
    """Writes beside the old file and then takes its place: an interruption leaves one of the two whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    torch.save({"format": FORMAT, **state}, beside)
    os.replace(beside, path)


def load(path: Path) -> dict:
    """The state saved at `path`, on the CPU."""
    if not path.is_file():
        raise Problem(f"{path}: not found; expected the checkpoint of a run")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise Problem(f"{path}: not a checkpoint: {error}") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise Problem(f"{path}: format: expected a checkpoint of format {FORMAT}")
    return state
