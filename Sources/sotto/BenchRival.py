"""Times the same network in ONNX Runtime, one frame at a time on one thread, and prints the times as JSON.

Usage: python3 -c SCRIPT WEIGHTS SECONDS HOP
"""
import importlib.util
import json
import sys
import time


def finish(**answer):
    print(json.dumps(answer))
    sys.exit(0)


for module in ("numpy", "onnxruntime", "onnx"):
    if importlib.util.find_spec(module) is None:
        finish(missing=f"the Python package {module} is not installed")

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

path, seconds, hop = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])

with open(path, "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()
model = json.loads(header.pop("__metadata__")["sotto"])
tensors = {
    name: numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
    for name, entry in header.items()
}
operators = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
exponent = model["output"].get("exponent", 1)
kinds = {layer["kind"] for layer in model["layers"]}
if kinds != {"dense"} or exponent != 1:
    finish(missing=f"no rival is written for layers {sorted(kinds)} with exponent {exponent}")

# The network as Sotto runs it after the magnitudes: scale, layers, soft mask; row-major weights, as in the file.
bins = model["grid"]["window"] // 2 + 1
width = model["layers"][0]["inputs"]
nodes = [helper.make_node("Mul", ["magnitudes", "scale"], ["0"])]
constants = [numpy_helper.from_array(numpy.float32(model["input"]["scale"]), "scale")]
for number, layer in enumerate(model["layers"]):
    for part in ("weight", "bias"):
        constants.append(numpy_helper.from_array(tensors[f"{layer['name']}.{part}"], f"{number}.{part}"))
    nodes.append(
        helper.make_node("Gemm", [str(number), f"{number}.weight", f"{number}.bias"], [f"{number}.sum"], transB=1)
    )
    operator = operators.get(layer["activation"], "Identity")
    nodes.append(helper.make_node(operator, [f"{number}.sum"], [str(number + 1)]))
constants.append(numpy_helper.from_array(numpy.float32(1e-10), "least"))
nodes += [
    helper.make_node("Abs", [str(len(model["layers"]))], ["amounts"]),
    helper.make_node("Split", ["amounts"], ["accompaniment", "voice"], axis=1, num_outputs=2),
    helper.make_node("Add", ["accompaniment", "voice"], ["both"]),
    helper.make_node("Add", ["both", "least"], ["all"]),
    helper.make_node("Div", ["voice", "all"], ["mask"]),
]
graph = helper.make_graph(
    nodes,
    "rival",
    [helper.make_tensor_value_info("magnitudes", TensorProto.FLOAT, [1, width])],
    [helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, bins])],
    constants,
)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(
    helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString(),
    options,
    providers=["CPUExecutionProvider"],
)
frame = numpy.random.default_rng(1).random((1, width), dtype=numpy.float32) * 0.01


def step():
    return session.run(None, {"magnitudes": frame})[0]


# A rival that computes something else would be no rival.
values = frame.astype(numpy.float64) * model["input"]["scale"]
for layer in model["layers"]:
    values = values @ tensors[f"{layer['name']}.weight"].T.astype(numpy.float64) + tensors[f"{layer['name']}.bias"]
    if layer["activation"] == "sigmoid":
        values = 1 / (1 + numpy.exp(-values))
    elif layer["activation"] == "tanh":
        values = numpy.tanh(values)
    elif layer["activation"] == "relu":
        values = numpy.maximum(values, 0)
accompaniment, voice = numpy.abs(values[:, :bins]), numpy.abs(values[:, bins:])
error = float(numpy.abs(step() - voice / (accompaniment + voice + 1e-10)).max())
if error > 1e-4:
    finish(missing=f"its masks differ by {error:.1e} from the network's")


def times(measure):
    seconds = sorted(measure())
    rank = lambda share: seconds[max(-(-int(share * 1000) * len(seconds) // 1000), 1) - 1]
    return dict(count=len(seconds), median=rank(0.5), p99=rank(0.99), p999=rank(0.999), max=seconds[-1])


def timed():
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def hot():
    end = time.perf_counter() + min(seconds, 2)
    while time.perf_counter() < end:
        yield timed()


def paced():
    others = numpy.zeros(10 << 20, numpy.float32)
    moment = time.perf_counter()
    for _ in range(max(int(seconds / hop), 10)):
        others[::16] += 1
        moment = max(moment + hop, time.perf_counter())
        time.sleep(max(moment - time.perf_counter(), 0))
        yield timed()


for _ in range(20):
    step()
finish(version=onnxruntime.__version__, hot=times(hot), paced=times(paced))
