"""`make train`: the adapters and heads of the encoder, learned from the corpus. Goes on from the last finished epoch.

The same seed, corpus and machine give the same weights; another processor rounds otherwise."""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np

from services.classifier.training import texts
from services.classifier.training.encoder import network
from services.classifier.training.encoder.batches import batches, laid
from services.classifier.training.encoder.finish import finish
from services.classifier.training.encoder.items import Example, examples
from services.classifier.training.encoder.network import Batch, Tree
from services.classifier.training.encoder.split import part_of
from services.classifier.training.heads import MODALITIES, TYPES
from shared.domain.judgement.encoder import base as bases
from shared.domain.judgement.encoder.base import Base
from shared.domain.judgement.encoder.tokens import Tokens


@dataclass(frozen=True)
class Recipe:
    epochs: int = 5
    seed: int = 1
    of_adapters: float = 1e-3
    of_heads: float = 2e-3
    warm_up: float = 0.1
    lowest: float = 0.02
    adapters_decay: float = 0.01
    heads_decay: float = 0.02
    momenta: tuple[float, float] = (0.9, 0.98)


Trained = tuple[Tree, Tree]
FOLDER: Final = Path(".cache/training/encoder")


def main(folder: Path = FOLDER, recipe: Recipe = Recipe()) -> None:  # frozen
    folder.mkdir(parents=True, exist_ok=True)
    base = Base(bases.find())
    tokens = Tokens(base)
    learned = [item for item in texts.load() if part_of(item) == "learn"]
    found = [example for item in learned for example in examples(texts.prepare(item), tokens)]
    size = sum(len(example.chunk.ids) for example in found)
    _say(f"{len(learned)} texts, {len(found)} chunks, {size} tokens")
    train(found, base, recipe, folder)
    finish(folder / "checkpoint.npz", asdict(recipe))


def train(found: Sequence[Example], base: Base, recipe: Recipe, folder: Path) -> Trained:
    weights = dict(base.weights())
    still = {name: jnp.asarray(weights[name], jnp.bfloat16) for name in network.MATRICES}
    still |= {"first": jnp.asarray(base.vector("emb.ln.w")), "firstb": jnp.asarray(base.vector("emb.ln.b"))}
    trained = network.fresh(weights, len(TYPES), len(MODALITIES), recipe.seed)
    done, (trained, *kept) = _resumed(folder, (trained, _zeros(trained), _zeros(trained)))
    moments = (kept[0], kept[1])
    a_time = len(batches(found, np.random.default_rng(0)))
    steps, number = recipe.epochs * a_time, done * a_time
    for epoch in range(done, recipe.epochs):
        began, cost = time.monotonic(), 0.0
        draws = np.random.default_rng((recipe.seed, epoch))
        for shape, indexes in batches(found, draws):
            batch = laid([found[index] for index in indexes], shape, base, draws)
            pace = _pace(recipe, number, steps)
            trained, moments, lost = step(recipe, trained, moments, still, batch, number, pace)
            cost += float(lost)
            number += 1
        _keep(folder, epoch + 1, (trained, *moments))
        _say(f"epoch {epoch + 1} of {recipe.epochs}: loss {cost / a_time:.3f}, {time.monotonic() - began:.0f} s")
    return trained


def _pace(recipe: Recipe, number: int, steps: int) -> float:
    """Of the full rate: up in a straight line, then down."""
    up, down = (number + 1) / (recipe.warm_up * steps), (steps - number) / ((1 - recipe.warm_up) * steps)
    return min(1.0, up) * max(recipe.lowest, min(1.0, down))


@partial(jax.jit, static_argnums=0)
def step(
    recipe: Recipe,
    trained: Trained,
    moments: tuple[Trained, Trained],
    still: Tree,
    batch: Batch,
    number: int,
    pace: float,
) -> tuple[Trained, tuple[Trained, Trained], jax.Array]:
    """AdamW, slopes clipped to length 1."""
    lost, slopes = jax.value_and_grad(network.loss)(trained, still, batch)
    length = jnp.sqrt(sum((leaf**2).sum() for leaf in jax.tree.leaves(slopes)))
    slopes = jax.tree.map(lambda slope: slope * jnp.minimum(1, 1 / (length + 1e-6)), slopes)
    one, two = recipe.momenta
    first = jax.tree.map(lambda m, slope: one * m + (1 - one) * slope, moments[0], slopes)
    second = jax.tree.map(lambda v, slope: two * v + (1 - two) * slope**2, moments[1], slopes)
    times = number + 1

    def moved(rate: float, decay: float) -> Any:
        def move(p: jax.Array, m: jax.Array, v: jax.Array) -> jax.Array:
            way = (m / (1 - one**times)) / (jnp.sqrt(v / (1 - two**times)) + 1e-8)
            return p - pace * rate * (way + decay * p)

        return move

    adapters = jax.tree.map(moved(recipe.of_adapters, recipe.adapters_decay), trained[0], first[0], second[0])
    heads = jax.tree.map(moved(recipe.of_heads, recipe.heads_decay), trained[1], first[1], second[1])
    return (adapters, heads), (first, second), lost


def _zeros(trained: Trained) -> Trained:
    zeros: Trained = jax.tree.map(jnp.zeros_like, trained)
    return zeros


def _keep(folder: Path, epoch: int, trees: tuple[Trained, ...]) -> None:
    """Whole or not at all: a run may be stopped while it writes."""
    leaves: dict[str, Any] = dict(zip(_names(trees), map(np.asarray, jax.tree.leaves(trees)), strict=True))
    beside = folder / "writing.npz"
    np.savez(beside, allow_pickle=False, epoch=epoch, **leaves)
    beside.replace(folder / "checkpoint.npz")


def _resumed(folder: Path, trees: tuple[Trained, ...]) -> tuple[int, tuple[Trained, ...]]:
    path = folder / "checkpoint.npz"
    if not path.exists():
        return 0, trees
    with np.load(path) as kept:
        leaves = [jnp.asarray(kept[name]) for name in _names(trees)]
        found: tuple[Trained, ...] = jax.tree.unflatten(jax.tree.structure(trees), leaves)
        return int(kept["epoch"]), found


def _names(trees: tuple[Trained, ...]) -> list[str]:
    """`trained.adapter.qA`, `first.head.look` …"""
    return [
        f"{tree}.{part}.{name}"
        for tree, pair in zip(("trained", "first", "second"), trees, strict=True)
        for part, leaves in zip(("adapter", "head"), pair, strict=True)
        for name in sorted(leaves)
    ]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    jax.config.update("jax_compilation_cache_dir", ".cache/training/compiled")
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 1.0)
    main()
