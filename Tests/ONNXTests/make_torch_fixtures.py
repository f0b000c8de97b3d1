#!/usr/bin/env python3
"""Exports a small network as PyTorch does it today and did it before, with what ONNX Runtime computes.

The network has Open-Unmix's parts: normalisation of the input, dense layers, LSTMs of one direction, a skip. Needs torch,
onnxscript, and what make_fixtures.py needs.

    make_torch_fixtures.py Fixtures
"""

import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from make_fixtures import FRAMES, run


class Network(torch.nn.Module):
    def __init__(self, bins=33, width=12):
        super().__init__()
        self.mean, self.scale = torch.nn.Parameter(torch.randn(bins)), torch.nn.Parameter(torch.rand(bins))
        self.first, self.norm = torch.nn.Linear(bins, width, bias=False), torch.nn.BatchNorm1d(width)
        self.lstm = torch.nn.LSTM(width, width, 3)
        self.attention, self.still = torch.nn.Linear(width, width), torch.nn.LayerNorm(width)
        self.last = torch.nn.Linear(2 * width, bins)

    def forward(self, frame, h, c):
        x = (frame + self.mean) * self.scale
        x = torch.tanh(self.norm(self.first(x.reshape(-1, x.shape[-1])))).reshape(1, x.shape[1], -1)
        y, (h, c) = self.lstm(x, (h, c))
        y = self.still(y + torch.nn.functional.gelu(self.attention(y), approximate="tanh"))
        return torch.sigmoid(self.last(torch.cat([x, y], -1))), h, c


def main(folder):
    torch.manual_seed(3)
    network = Network().eval()
    example = (torch.rand(1, 1, 33), torch.zeros(3, 1, 12), torch.zeros(3, 1, 12))
    names = {"input_names": ["frame", "h_in", "c_in"], "output_names": ["mask", "h_out", "c_out"]}
    kinds = {"torch-20": (20, {"dynamo": True, "external_data": False}), "torch-11": (11, {"dynamo": False})}
    for name, (opset, options) in kinds.items():
        path = folder / f"{name}.onnx"
        torch.onnx.export(network, example, path, opset_version=opset, **names, **options)
        model = onnx.load(path)
        frames = np.random.default_rng(5).normal(0, 1, (FRAMES, 33)).astype(np.float32)
        results = run(model, frames)
        with open(folder / f"{name}.values", "wb") as file:
            file.write(struct.pack("<3i", *frames.shape, results.shape[1]))
            file.write(frames.tobytes() + results.astype(np.float32).tobytes())
        print(f"{name}: {len(model.graph.node)} nodes, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
