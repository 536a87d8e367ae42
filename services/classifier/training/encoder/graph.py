"""`python -m services.classifier.training.encoder.graph`: writes the encoder's graph, with the names and shapes of its
weights and without their values, which each machine lays in when it starts (encoder/weights.py of the judgement)."""

from collections.abc import Sequence
from typing import Any, Final

from onnx import GraphProto, TensorProto, helper

from shared.domain.judgement.encoder.base import Shape
from shared.domain.judgement.encoder.network import GRAPH
from shared.domain.judgement.encoder.weights import SHAPE, kinds_and_shapes

FUSED: Final = "com.microsoft"
EPSILON: Final = 1e-12


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[Any] = []

    def add(self, kind: str, given: Sequence[str], made: Sequence[str], domain: str = "", **settings: Any) -> None:
        self.nodes.append(helper.make_node(kind, given, made, name=made[0], domain=domain, **settings))

    def times(self, given: str, number: int, name: str) -> str:
        """The product with a matrix of a layer: of bytes where it is kept so."""
        made, matrix = f"{given}.{name}", f"{name}{number}"
        if f"{matrix}.scale" in kinds_and_shapes():
            parts = [given, matrix, f"{matrix}.scale", "", ""]
            self.add("DynamicQuantizeMatMul", parts[:3], [made], FUSED)
        else:
            self.add("MatMul", [given, matrix], [made])
        return made


def build(shape: Shape = SHAPE) -> bytes:
    graph = _Graph()
    graph.add("LayerNormalization", ["embedded", "first", "firstb"], ["x0"], epsilon=EPSILON, axis=-1)
    for number in range(shape.layers):
        _layer(graph, number, "states" if number == shape.layers - 1 else f"x{number + 1}", shape)
    tensors = [_outside(name, kind, dims) for name, (kind, dims) in kinds_and_shapes().items()]
    given = [
        helper.make_tensor_value_info("embedded", TensorProto.FLOAT, [1, "tokens", shape.hidden]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, [1, "tokens"]),
    ]
    made = [helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", shape.hidden])]
    whole: GraphProto = helper.make_graph(graph.nodes, "encoder", given, made, tensors)
    sets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    return bytes(helper.make_model(whole, opset_imports=sets, ir_version=9).SerializeToString())


def _layer(graph: _Graph, number: int, made: str, shape: Shape) -> None:
    x, n = f"x{number}", number
    graph.add("DynamicQuantizeLinear", [x], [f"{x}.q", f"{x}.scale", f"{x}.zero"])
    graph.add(
        "QAttention",
        [f"{x}.q", f"qkv{n}", f"qkvb{n}", f"{x}.scale", f"qkv{n}.scale", "mask", f"{x}.zero", f"qkv{n}.zero"],
        [f"seen{n}"],
        FUSED,
        num_heads=shape.heads,
    )
    seen = graph.times(f"seen{n}", n, "o")
    graph.add(
        "SkipLayerNormalization", [seen, x, f"norm1{n}", f"norm1b{n}", f"ob{n}"], [f"y{n}"], FUSED, epsilon=EPSILON
    )
    inner = graph.times(f"y{n}", n, "i")
    graph.add("BiasGelu", [inner, f"ib{n}"], [f"inner{n}"], FUSED)
    told = graph.times(f"inner{n}", n, "f")
    graph.add(
        "SkipLayerNormalization", [told, f"y{n}", f"norm2{n}", f"norm2b{n}", f"fb{n}"], [made], FUSED, epsilon=EPSILON
    )


_KINDS: Final = {"f4": TensorProto.FLOAT, "i1": TensorProto.INT8}


def _outside(name: str, kind: str, dims: Sequence[int]) -> TensorProto:
    tensor = TensorProto(name=name, data_type=_KINDS[kind], dims=dims, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="laid in at start")
    return tensor


if __name__ == "__main__":
    GRAPH.write_bytes(build())
