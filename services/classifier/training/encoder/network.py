"""The encoder with adapters, its heads and what they lose on labelled chunks, in JAX.

The base's weights stand still; a product with one of them is rounded to bfloat16, which halves the time where the
processor has it (AVX-512 BF16, AMX) and is summed in single precision."""

from typing import Any, Final, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Tree = dict[str, jax.Array]

RANK: Final = 16
SCALE: Final = 2.0
"""What an adapter's product is multiplied with: alpha 32 at rank 16."""
DROPPED_BELOW: Final = 26
"""Of 256: a tenth of what a layer adds is left out while learning."""
SENTENCES_WEIGH: Final = 0.5
HEADS: Final = 12
EPSILON: Final = 1e-12
MATRICES: Final = "qkvoif"
NORMS: Final = ("qb", "kb", "vb", "ob", "ib", "fb", "norm1", "norm1b", "norm2", "norm2b")
"""Trained as they are, beside the adapters."""


class Batch(NamedTuple):
    embedded: jax.Array
    mask: jax.Array
    segments: jax.Array
    """Chunk × row × token: row 0 is the whole, then each sentence."""
    types: jax.Array
    weights: jax.Array
    modality: jax.Array
    relevant: jax.Array
    relevance_weight: jax.Array
    count: jax.Array
    noise: jax.Array | None
    """A byte for each value that may be left out: two rows for each layer, one for the heads."""


def fresh(base: dict[str, np.ndarray[Any, Any]], types: int, modalities: int, seed: int) -> tuple[Tree, Tree]:
    """Adapters that change nothing yet, and heads that know nothing yet."""
    draws = np.random.default_rng(seed)
    adapters: dict[str, Any] = {name: base[name] for name in NORMS}
    for name in MATRICES:
        layers, inputs, outputs = base[name].shape
        adapters[f"{name}A"] = draws.standard_normal((layers, inputs, RANK)) / np.sqrt(inputs)
        adapters[f"{name}B"] = np.zeros((layers, RANK, outputs))
    hidden = base["q"].shape[1]
    heads = {
        "look": np.zeros((types + 1, hidden)),
        "type": np.zeros((types, 2 * hidden)),
        "type_bias": np.full(types, -3.0),
        "relevant": np.zeros(2 * hidden),
        "relevant_bias": np.zeros(1),
        "modality": np.zeros((modalities, 2 * hidden)),
        "modality_bias": np.array([1.5] + [0.0] * (modalities - 1)),
        "modality_of": np.zeros((types, modalities, hidden)),
    }
    return _laid(adapters), _laid(heads)


def _laid(tree: dict[str, Any]) -> Tree:
    return {name: jnp.asarray(value, jnp.float32) for name, value in tree.items()}


def _product(x: jax.Array, y: jax.Array, over: tuple[int, int] = (1, 0)) -> jax.Array:
    dimensions = (((over[0],), (over[1],)), ((), ()))
    return jax.lax.dot_general(
        x.astype(jnp.bfloat16), y.astype(jnp.bfloat16), dimensions, preferred_element_type=jnp.float32
    )


@jax.custom_vjp  # type: ignore[untyped-decorator]  # JAX is in the trainer's environment alone
def _adapted(x: jax.Array, merged: jax.Array, a: jax.Array, b: jax.Array) -> jax.Array:  # noqa: ARG001
    """x times the base's weights with the adapter in them, of which the adapter alone is learned: the slope of the
    whole is never laid out."""
    return _product(x, merged)


def _adapted_forward(x: jax.Array, merged: jax.Array, a: jax.Array, b: jax.Array) -> tuple[jax.Array, Any]:
    return _product(x, merged), (x.astype(jnp.bfloat16), merged, a, b)


def _adapted_backward(kept: Any, slope: jax.Array) -> tuple[jax.Array, ...]:
    x, merged, a, b = kept
    slope = slope.astype(jnp.bfloat16)
    of_a = SCALE * _product(x, _product(slope, b, (1, 1)), (0, 0))
    of_b = SCALE * _product(_product(x, a), slope, (0, 0))
    return _product(slope, merged, (1, 1)), jnp.zeros_like(merged), of_a, of_b


_adapted.defvjp(_adapted_forward, _adapted_backward)


def _norm(x: jax.Array, epsilon: float = EPSILON) -> jax.Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + epsilon)


def _dropped(x: jax.Array, noise: jax.Array | None) -> jax.Array:
    if noise is None:
        return x
    return jnp.where(noise.reshape(x.shape) >= DROPPED_BELOW, x / (1 - DROPPED_BELOW / 256), 0)


def merged(base: Tree, adapters: Tree) -> Tree:
    return {
        name: (base[name] + SCALE * jnp.einsum("lir,lro->lio", adapters[f"{name}A"], adapters[f"{name}B"])).astype(
            jnp.bfloat16
        )
        for name in MATRICES
    }


def encode(base: Tree, adapters: Tree, batch: Batch) -> jax.Array:
    count, length, hidden = batch.embedded.shape
    out_of_reach = (1 - batch.mask)[:, None, None, :] * -1e9

    def layer(x: jax.Array, parts: tuple[Tree, jax.Array | None]) -> tuple[jax.Array, None]:
        p, noise = parts
        first, second = (noise[0], noise[1]) if noise is not None else (None, None)

        def linear(name: str, y: jax.Array) -> jax.Array:
            return _adapted(y, p[name], p[f"{name}A"], p[f"{name}B"]) + p[f"{name}b"]

        def split(name: str) -> jax.Array:
            return linear(name, x).reshape(count, length, HEADS, hidden // HEADS).transpose(0, 2, 1, 3)

        q, k, v = split("q"), split("k"), split("v")
        looks = jnp.einsum("bhsd,bhtd->bhst", q, k) / np.sqrt(hidden // HEADS) + out_of_reach
        seen = jnp.einsum("bhst,bhtd->bhsd", jax.nn.softmax(looks, -1), v)
        seen = seen.transpose(0, 2, 1, 3).reshape(count * length, hidden)
        x = _norm(x + _dropped(linear("o", seen), first)) * p["norm1"] + p["norm1b"]
        inner = jax.nn.gelu(linear("i", x), approximate=False)
        x = _norm(x + _dropped(linear("f", inner), second)) * p["norm2"] + p["norm2b"]
        return x, None

    x = (_norm(batch.embedded) * base["first"] + base["firstb"]).reshape(count * length, hidden)
    layers = {**merged(base, jax.lax.stop_gradient(adapters)), **adapters}
    noise = None if batch.noise is None else batch.noise[:-1].reshape(len(adapters["qb"]), 2, count * length, hidden)
    x, _ = jax.lax.scan(layer, x, (layers, noise))
    return x.reshape(count, length, hidden)


def outputs(heads: Tree, hidden: jax.Array, batch: Batch) -> tuple[jax.Array, ...]:
    """Logits: relevance of a chunk; each type, and each modality of each type, of the chunk and its sentences."""
    width = hidden.shape[-1]
    x = _dropped(_norm(hidden, 1e-5), None if batch.noise is None else batch.noise[-1])
    mean = (x * batch.mask[:, :, None]).sum(1) / batch.mask.sum(1, keepdims=True)
    looks = jnp.einsum("bsh,kh->bks", x, heads["look"]) / np.sqrt(width)
    shares = jax.nn.softmax(looks[:, None] + (1 - batch.segments[:, :, None]) * -1e4, -1)
    seen = jnp.einsum("bnks,bsh->bnkh", shares, x)
    of_types, of_relevance = seen[:, :, :-1], seen[:, 0, -1]
    types = (of_types * heads["type"][:, :width]).sum(-1) + (mean @ heads["type"][:, width:].T)[:, None]
    relevant = of_relevance @ heads["relevant"][:width] + mean @ heads["relevant"][width:] + heads["relevant_bias"][0]
    modality = of_types @ heads["modality"][:, :width].T + (mean @ heads["modality"][:, width:].T)[:, None, None]
    modality += heads["modality_bias"] + jnp.einsum("bnkh,kah->bnka", of_types, heads["modality_of"])
    return relevant, types + heads["type_bias"], modality


def loss(trained: tuple[Tree, Tree], base: Tree, batch: Batch) -> jax.Array:
    adapters, heads = trained
    relevant, types, modality = outputs(heads, encode(base, adapters, batch), batch)
    of_types = (_cost(types, batch.types) * batch.weights).sum(-1)
    of_modality = -(batch.modality * jax.nn.log_softmax(modality, -1)).sum((-1, -2))
    of_relevance = (_cost(relevant, batch.relevant) * batch.relevance_weight).sum()
    whole = of_types[:, 0].sum() + of_modality[:, 0].sum() + of_relevance
    return (whole + SENTENCES_WEIGH * (of_types[:, 1:].sum() + of_modality[:, 1:].sum())) / batch.count


def _cost(logits: jax.Array, targets: jax.Array) -> jax.Array:
    return jax.nn.softplus(logits) - logits * targets
