"""From an op's arguments to launches: sizes, tiles, chunks, and the parts of hubs."""

import struct
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor

from graphattn.ops.schema import Given, structure
from graphattn.ops.segments import accumulation_dtype
from graphattn.ops.triton.merge import merge_sum

_SMALLEST_CHUNK, _MOST_CHUNKS = 512, 1 << 16
# Numbers of one gathered tile in the registers of a warp: 32 for each lane.
_TILE_NUMBERS = 1024
_ROW_BYTES_OF_A_WARP = 512


class Tile(NamedTuple):
    """Rows and edges of a tile, and the warps that share it."""

    rows: int
    edges: int
    warps: int


def choose_tile(width: int, itemsize: int, num_rows: int, num_edges: int) -> Tile:
    """Returns the tile for rows of `width` numbers and the graph's mean degree.

    A warp covers up to 512 bytes of a row in one coalesced load; a wider row takes
    more warps, so that sums over edges stay within a lane. The number of edges in
    flight is what the registers hold; where rows have fewer, several rows share a
    tile.
    """
    warps = min(max(width * itemsize // _ROW_BYTES_OF_A_WARP, 1), 4)
    most = min(max(_TILE_NUMBERS * warps // width, 1), 32)
    degree = -(-num_edges // max(num_rows, 1))
    edges = min(most, max(triton.next_power_of_2(max(degree, 1)), 2))
    return Tile(min(most // edges, 8) or 1, edges, warps)


def chunk_size(num_edges: int) -> int:
    """Returns how many slots a chunk has: the rows that have more are hubs."""
    return max(_SMALLEST_CHUNK, triton.next_power_of_2(-(-num_edges // _MOST_CHUNKS)))


class Side(NamedTuple):
    """One compressed direction, cut into chunks."""

    pointers: Tensor
    other: Tensor
    perm: Tensor
    chunk: int
    num_chunks: int

    @classmethod
    def of(cls, pointers: Tensor, other: Tensor, perm: Tensor) -> "Side":
        """Cuts a direction; without a hub by its number of edges, into no chunk."""
        chunk, num_edges = chunk_size(len(other)), len(other)
        count = -(-num_edges // chunk) if num_edges > chunk else 0
        plain = pointers.contiguous(), other.contiguous(), perm.contiguous()
        return cls(*plain, chunk, count)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.pointers) - 1

    @property
    def searched(self) -> tuple[int, int, int]:
        """What finding a slot's row takes: edges, chunk, steps of the bisection."""
        return len(self.other), self.chunk, self.num_rows.bit_length()

    def grid(self, tile: Tile) -> tuple[tuple[int], int]:
        """Returns the grid, and how many of its programs have pieces of hubs."""
        hubs = -(-2 * self.num_chunks // tile.rows)
        return (hubs - (-self.num_rows // tile.rows),), hubs

    def sizes(self, hubs: int) -> dict[str, int]:
        """Returns the kernels' sizes."""
        num_edges, chunk, steps = self.searched
        return {
            "num_rows": self.num_rows,
            "num_edges": num_edges,
            "chunk": chunk,
            "num_chunks": self.num_chunks,
            "steps": steps,
            "hub_programs": hubs,
        }

    def part(self, like: Tensor, *shape: int) -> Tensor:
        """Returns room for the parts of hubs; one number where there is no hub."""
        return like.new_empty(
            2 * self.num_chunks if self.num_chunks else 1,
            *(shape if self.num_chunks else (1,)),
            dtype=accumulation_dtype(like.dtype),
        )

    def merge(self, part: Tensor, out: Tensor) -> None:
        """Adds up the parts of each hub into its row of `out`."""
        width = prod(out.shape[1:])
        if not self.num_chunks or not width:
            return
        block = min(triton.next_power_of_2(width), 512)
        num_edges, chunk, steps = self.searched
        kernel: Any = merge_sum
        kernel[(self.num_chunks, -(-width // block))](
            *(self.pointers, part, out, self.num_rows, num_edges, chunk, steps),
            W=width,
            BLOCK=block,
            ACC=ACC[part.dtype],
            num_warps=1,
        )


# The names that the kernels give to arguments of ops: GAT's alphas are query and key.
ARGUMENTS = {
    "alpha_target": "query",
    "alpha_source": "key",
    "negative_slope": "slope",
}
ACC = {torch.float32: tl.float32, torch.float64: tl.float64}


@dataclass(frozen=True)
class Arguments:
    """An op's arguments under the names that the kernels give them."""

    score: str
    query: Tensor
    key: Tensor
    value: Tensor
    structure: tuple[Tensor, ...]
    dropout: float
    seed: Tensor | None
    weight: Tensor | None = None
    edge_query: Tensor | None = None
    edge_attr: Tensor | None = None
    edge_key_weight: Tensor | None = None
    edge_score: Tensor | None = None
    edge_bias: Tensor | None = None
    edge_mask: Tensor | None = None
    scale: float = 1.0
    slope: float = 0.0

    @classmethod
    def of(cls, score: str, given: Given) -> "Arguments":
        """Takes from an op's arguments what the kernels take.

        An additive score goes by the name of its activation. Without edge features
        nothing that only meets them is read.
        """
        fields = {ARGUMENTS.get(name, name): value for name, value in given.items()}
        known = {name: fields[name] for name in cls.__annotations__ if name in fields}
        if given["edge_attr"] is None:
            known.pop("edge_query", None)
            known.pop("edge_key_weight", None)
        kind = given.get("activation", score)
        return cls(score=kind, structure=structure(given), **known)

    def scored(self) -> list[Tensor | None]:
        """Returns what a score reads, in the kernels' order, contiguous."""
        given = [self.query, self.key, self.value, self.weight, self.edge_query]
        given += [self.edge_attr, self.edge_key_weight, self.edge_score]
        given += [self.edge_bias, self.edge_mask]
        found = [packed(tensor) for tensor in given]
        return [*found, self.seed if self.dropout > 0.0 else None]

    @property
    def widths(self) -> dict[str, Any]:
        """The kernels' constants that follow from shapes and types."""
        heads, value_width = self.value.shape[1:]
        width = 1 if self.score == "gat" else self.query.shape[2]
        edge_width = 0 if self.edge_attr is None else self.edge_attr.shape[1]
        sizes = {"H": heads, "C": width, "D": value_width, "F": edge_width}
        padded = {f"{n}P": triton.next_power_of_2(max(s, 1)) for n, s in sizes.items()}
        acc = ACC[accumulation_dtype(self.value.dtype)]
        columns = 1 if self.edge_mask is None else self.edge_mask.shape[1]
        return {**sizes, **padded, "MASK_H": columns, "ACC": acc}

    @property
    def constants(self) -> dict[str, Any]:
        """The kernels' constants that are the score's."""
        return {"scale": self.scale, "slope": self.slope, "SCORE": self.score}

    def tile(self, side: Side, kept: int = 1) -> Tile:
        """Returns the tile for one side."""
        sizes = self.widths
        width = sizes["HP"] * max(sizes["CP"], sizes["DP"], sizes["FP"]) * kept
        itemsize = self.value.element_size()
        return choose_tile(width, itemsize, side.num_rows, len(side.other))


def drops(dropout: float) -> dict[str, int]:
    """Returns below which bits a weight is dropped, and the bits of the others' factor.

    Where all are dropped the factor multiplies nothing.
    """
    factor = 1.0 / (1.0 - dropout) if dropout < 1.0 else 1.0
    (bits,) = struct.unpack("q", struct.pack("d", factor))
    return {"threshold": round(dropout * 2**32), "boost": bits}


def packed(tensor: Tensor | None) -> Tensor | None:
    """Returns the tensor without gaps, a mask as bytes."""
    if tensor is None:
        return None
    tensor = tensor.contiguous()
    return tensor.view(torch.uint8) if tensor.dtype == torch.bool else tensor


def on_device(tensor: Tensor) -> AbstractContextManager[object]:
    """Launches go to the current device: makes it the tensor's."""
    return torch.cuda.device(tensor.device) if tensor.is_cuda else nullcontext()


def run(
    kernel: Any, grid: tuple[int, ...], tile: Tile, *tensors: Any, **named: Any
) -> None:
    """Launches a kernel, unless there is no program to run."""
    if grid[0]:
        sizes = {"R": tile.rows, "E": tile.edges, "num_warps": tile.warps}
        kernel[grid](*tensors, **sizes, **named)
