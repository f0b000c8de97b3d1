"""Dictionaries of voice and accompaniment spectra for supervised separation, fitted by non-negative factorisation.

Each source's magnitudes V [bins, frames] are taken for W H with W, H >= 0 and few columns of W, its atoms; the
multiplicative updates of Lee and Seung (2001) lower the Kullback-Leibler divergence of the two.
"""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save

from . import provenance
from .grid import Grid, analyse, magnitudes
from .mixing import plain
from .sources import Recording, mir1k

FORMAT = 1
SMALL = 1e-9


def spectra(recordings: list[Recording], grid: Grid) -> tuple[torch.Tensor, torch.Tensor]:
    """Magnitudes [bins, frames] of all voices, and of all accompaniments, each clip at equal energy of both."""
    sources = [], []
    for recording in recordings:
        accompaniment, voice = plain(*recording.read(grid.rate))
        for frames, samples in zip(sources, (voice, accompaniment)):
            frames.append(magnitudes(analyse(torch.from_numpy(samples), grid), grid).T)
    return torch.cat(sources[0], dim=1), torch.cat(sources[1], dim=1)


def atoms(values: torch.Tensor, count: int, updates: int, generator: torch.Generator) -> torch.Tensor:
    """`count` atoms [count, bins] of the magnitudes `values` [bins, frames], each adding up to 1."""
    values = values[:, values.sum(0) > SMALL]
    bins, frames = values.shape
    w = torch.rand(bins, count, generator=generator) + SMALL
    w /= w.sum(0)
    h = torch.rand(count, frames, generator=generator) * values.sum(0) / count + SMALL
    for _ in range(updates):
        h *= w.T @ (values / (w @ h + SMALL))
        w *= (values / (w @ h + SMALL)) @ h.T / (h.sum(1) + SMALL)
        size = w.sum(0) + SMALL
        w /= size
        h *= size[:, None]
    return w.T.contiguous()


def fit(data: Path, grid: Grid, count: int, updates: int, seed: int, say) -> tuple[dict[str, torch.Tensor], dict]:
    """The dictionary of DATA/train, `count` atoms a source, and the document that describes it."""
    recordings = mir1k.recordings(data, "train")
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, values in zip(("voice", "accompaniment"), spectra(recordings, grid)):
        say(f"{name}: {values.shape[1]} frames")
        tensors[name] = atoms(values, count, updates, generator)
    document = {
        "format": FORMAT,
        "kind": "dictionary",
        "name": "nmf",
        "title": "Atoms of voice and accompaniment, MIR-1K",
        "grid": asdict(grid),
        "atoms": {name: len(values) for name, values in tensors.items()},
        "training": {
            "data": "MIR-1K (Hsu and Jang), 16 kHz, left accompaniment, right voice; no other recording",
            "split": f"Huang et al. 2014: train {len(recordings)} clips of abjones and amy",
            "command": f"sotto-train dictionary --data DATA --out OUT --atoms {count} --updates {updates} --seed {seed}",
            "commit": provenance.commit(),
            "versions": provenance.versions(),
            "seed": seed,
        },
        "quality": {},
        "licence": {
            "code": "GPL-3.0-or-later",
            "weights": "GPL-3.0-or-later as far as the authors' own rights go; fitted on MIR-1K, free for research",
            "data": "MIR-1K: free for research",
        },
    }
    return tensors, document


def write(tensors: dict[str, torch.Tensor], document: dict, path: Path):
    """Writes a dictionary: the tensors `voice` and `accompaniment`, a row an atom, and the document in the metadata."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(save(tensors, metadata={"sotto": json.dumps(document, ensure_ascii=False)}))
