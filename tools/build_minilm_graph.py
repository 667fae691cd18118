"""Builds the ONNX graph of all-MiniLM-L6-v2, whose weights stay in the publisher's model.safetensors.

Run: python tools/build_minilm_graph.py path/to/model.safetensors
Only the header of that file is read: each initializer of the graph points by offset into it.
Weights are [out, in], as Gemm with transB wants them: nothing is transposed, so the embedding table
and the position table are used from the mapped file and only rows that are looked up become resident.
Attention is one node (com.microsoft.MultiHeadAttention, in every build of onnxruntime for CPUs); ONNX
Attention of opset 23 would need a newer onnxruntime than this project asks for.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

TARGET = Path(__file__).parent.parent / "src/remanence/embedding/data/all-minilm-l6-v2.onnx"
WEIGHTS_NAME = "model.safetensors"
HEADER_MAX_BYTES = 1 << 20  # it has 11,408
LAYERS, HEADS, WIDTH = 6, 12, 384  # the model's config.json
MIDDLE = 3  # after so many layers a text's manner shows best: embedding/manner.py
EPSILON = 1e-12  # likewise, layer_norm_eps
OPSET = 20  # the first with Gelu
IR_VERSION = 9  # what that opset came with
MICROSOFT = "com.microsoft"


class Graph:
    """Nodes and initializers as they are added; every method returns the name of its result."""

    def __init__(self, weights: Path) -> None:
        """Read the header of a safetensors file: a length of 8 bytes, then JSON, then the tensors."""
        with weights.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > HEADER_MAX_BYTES:
                raise SystemExit(f"{weights} is no safetensors file: its header would be {length} bytes")
            self.header: dict[str, dict[str, list[int]]] = json.loads(file.read(length))
        self.data_start = 8 + length
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def add(
        self, op: str, inputs: list[str], *, domain: str = "", **attributes: int | float | list[int]
    ) -> str:
        """A node with one result."""
        result = f"{op}_{len(self.nodes)}"
        node = helper.make_node(op, inputs, [result], domain=domain)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self.nodes.append(node)
        return result

    def weight(self, name: str) -> str:
        """A tensor that stays in the weights' file."""
        if name not in self.initializers:
            entry = self.header[name]
            start, end = entry["data_offsets"]
            place = {"location": WEIGHTS_NAME, "offset": self.data_start + start, "length": end - start}
            tensor = onnx.TensorProto(
                name=name,
                data_type=TensorProto.FLOAT,
                dims=entry["shape"],
                data_location=TensorProto.EXTERNAL,
            )
            for key, value in place.items():
                tensor.external_data.add(key=key, value=str(value))
            self.initializers[name] = tensor
        return name

    def integers(self, *values: int) -> str:
        """A small constant vector of int64."""
        name = "int_" + "_".join(str(value) for value in values)
        self.initializers[name] = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        return name

    def linear(self, rows: str, part: str) -> str:
        """rows [n, in] times weight [out, in] transposed, plus bias: [n, out]."""
        return self.add("Gemm", [rows, self.weight(f"{part}.weight"), self.weight(f"{part}.bias")], transB=1)

    def normalised(self, rows: str, part: str) -> str:
        """Layer normalisation over the last axis."""
        inputs = [rows, self.weight(f"{part}.weight"), self.weight(f"{part}.bias")]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=EPSILON)


def embedded(graph: Graph) -> str:
    """Word, position and type embeddings of input_ids [batch, pieces], normalised: [batch, pieces, width]."""
    words = graph.add("Gather", [graph.weight("embeddings.word_embeddings.weight"), "input_ids"])
    zero, one = graph.integers(0), graph.integers(1)
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    places = graph.add("Slice", [graph.weight("embeddings.position_embeddings.weight"), zero, length, zero])
    types = graph.add("Slice", [graph.weight("embeddings.token_type_embeddings.weight"), zero, one, zero])
    total = graph.add("Add", [graph.add("Add", [words, types]), places])
    return graph.normalised(total, "embeddings.LayerNorm")


def layer(graph: Graph, rows: str, number: int, *, shape: str, mask: str) -> str:
    """One transformer layer over rows [batch * pieces, width]."""
    part = f"encoder.layer.{number}"
    projected = [graph.linear(rows, f"{part}.attention.self.{name}") for name in ("query", "key", "value")]
    query, key, value = (graph.add("Reshape", [name, shape]) for name in projected)
    heads = graph.add("MultiHeadAttention", [query, key, value, "", mask], domain=MICROSOFT, num_heads=HEADS)
    heads = graph.linear(
        graph.add("Reshape", [heads, graph.integers(-1, WIDTH)]), f"{part}.attention.output.dense"
    )
    rows = graph.normalised(graph.add("Add", [heads, rows]), f"{part}.attention.output.LayerNorm")
    inner = graph.add("Gelu", [graph.linear(rows, f"{part}.intermediate.dense")])
    outer = graph.linear(inner, f"{part}.output.dense")
    return graph.normalised(graph.add("Add", [outer, rows]), f"{part}.output.LayerNorm")


def build(weights: Path) -> onnx.ModelProto:
    """input_ids, attention_mask: int64 [batch, pieces] -> sentence: float32 [batch, width], unit vectors;
    middle: float32 [batch, pieces, width], the pieces after MIDDLE layers."""
    graph = Graph(weights)
    width = graph.integers(WIDTH)
    shape = graph.add("Concat", [graph.add("Shape", ["input_ids"]), width], axis=0)
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.INT32)
    rows = graph.add("Reshape", [embedded(graph), graph.integers(-1, WIDTH)])
    for number in range(LAYERS):
        rows = layer(graph, rows, number, shape=shape, mask=mask)
        if number + 1 == MIDDLE:
            graph.nodes.append(helper.make_node("Reshape", [rows, shape], ["middle"]))
    counted = graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    counted = graph.add("Unsqueeze", [counted, graph.integers(-1)])
    kept = graph.add("Mul", [graph.add("Reshape", [rows, shape]), counted])
    # The mean's divisor would be undone by the normalisation, so the sum does.
    summed = graph.add("ReduceSum", [kept, graph.integers(1)], keepdims=0)
    graph.nodes.append(helper.make_node("LpNormalization", [summed], ["sentence"], axis=-1, p=2))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "pieces"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", WIDTH]),
        helper.make_tensor_value_info("middle", TensorProto.FLOAT, ["batch", "pieces", WIDTH]),
    ]
    body = helper.make_graph(
        graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, list(graph.initializers.values())
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION, producer_name="remanence")


def main(arguments: list[str]) -> None:
    """Write the graph beside its loader."""
    if len(arguments) != 1:
        raise SystemExit(f"usage: python {sys.argv[0]} path/to/{WEIGHTS_NAME}")
    model = build(Path(arguments[0]))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
