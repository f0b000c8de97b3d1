"""A network that has heard more, whose voices count beside the true ones while another is trained (Hinton et al. 2015)."""

import hashlib
from dataclasses import replace
from pathlib import Path

import torch

from . import weights
from .batches import Frames
from .configuration import Configuration
from .problem import Problem


class Teacher:
    """The model of a weights file, which hears what the configuration's network hears; `fit.taught` is its share."""

    def __init__(self, path: Path, configuration: Configuration, device: str):
        model, document = weights.read(path)
        for name in ("grid", "input"):
            found, expected = getattr(model, name), getattr(configuration, name)
            if found != expected:
                raise Problem(f"{path}, {name}: found {found}, expected {expected}, what is taught")
        if model.output.delay:
            raise Problem(f"{path}, output.delay: found {model.output.delay}, expected 0: what it gives is of frames before")
        self.share, self.output = configuration.fit.taught, model.output
        self.network = model.network.to(device)
        self.device, self.rounded = device, configuration.fit.precision == "bfloat16"
        self.facts = {
            "path": str(path), "name": document["name"], "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        }  # fmt: skip

    def taught(self, frames: Frames, inputs: torch.Tensor) -> Frames:
        """The frames with so much of the teacher in both sources, which add up to the mixture as its do.

        inputs   what a network is given of them
        """
        with torch.no_grad(), torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.rounded):
            results = self.network(inputs).flatten(2)
        voice = self.output.voice(results.float(), frames.mixture)
        return replace(
            frames,
            voice=frames.voice.lerp(voice, self.share),
            accompaniment=frames.accompaniment.lerp(frames.mixture - voice, self.share),
        )


def teacher_of(path: Path | None, configuration: Configuration, device: str) -> Teacher | None:
    """None where the configuration asks for none."""
    taught = configuration.fit.taught
    if taught and configuration.block() is not None:
        raise Problem(f"fit.taught: found {taught}, expected 0 where a network gives a sequence of estimates at a time")
    if (path is not None) != (taught > 0):
        found = "none" if path is None else str(path)
        raise Problem(f"teacher: found {found} with fit.taught {taught}, expected one exactly where that is above 0")
    return None if path is None else Teacher(path, configuration, device)
