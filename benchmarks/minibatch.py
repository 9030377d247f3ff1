"""`examples/minibatch.py` on MUSAE Facebook: mini-batches beside the whole graph.

Run it: python benchmarks/minibatch.py    (GRAPHATTN_DATA names the folder of data sets)

Half of the pages are learned, the other half tested, drawn anew for every seed. The
words of a page are reduced to 128 numbers by a singular value decomposition.
"""

import argparse
import csv
import json
import os
import runpy
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch
from measure import table
from torch_geometric.data import Data

EXAMPLE = Path(__file__).parents[1] / "examples" / "minibatch.py"


def musae_facebook(folder: Path, channels: int = 128) -> Any:
    words = json.loads((folder / "musae_facebook_features.json").read_text("utf-8"))
    node = torch.tensor([int(name) for name, found in words.items() for _ in found])
    word = torch.tensor([one for found in words.values() for one in found])
    counts = torch.sparse_coo_tensor(
        torch.stack([node, word]), torch.ones(len(node)), check_invariants=True
    )
    left, values, _ = torch.svd_lowrank(counts.coalesce(), channels)
    x = left * values
    with (folder / "musae_facebook_target.csv").open(encoding="utf-8") as file:
        kinds = [row["page_type"] for row in csv.DictReader(file)]
    with (folder / "musae_facebook_edges.csv").open(encoding="utf-8") as file:
        ties = [[int(row["id_1"]), int(row["id_2"])] for row in csv.DictReader(file)]
    edges = torch.tensor(ties).T
    names = sorted(set(kinds))
    return Data(
        x=x / x.norm(dim=1).mean(),
        edge_index=torch.cat([edges, edges.flip(0)], dim=1),
        y=torch.tensor([names.index(kind) for kind in kinds]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=200, help="on the whole graph")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    train = runpy.run_path(str(EXAMPLE))["train"]
    torch.manual_seed(0)
    data = musae_facebook(Path(os.environ["GRAPHATTN_DATA"]) / "musae_facebook")
    runs = {
        "mini-batches": (options.epochs, False),
        "whole graph": (options.steps, True),
    }
    found = {name: [] for name in runs}
    for seed in range(options.seeds):
        torch.manual_seed(seed)
        data.test_mask = torch.rand(len(data.y)) < 0.5
        data.train_mask = ~data.test_mask
        for name, (epochs, full) in runs.items():
            torch.manual_seed(seed)
            found[name].append(train(data, epochs, options.workers, full))
    rows = [
        [name, f"{mean(values):.2%} +- {stdev(values):.2%}"]
        for name, values in found.items()
    ]
    print(table(["learned from", "test accuracy"], rows))


if __name__ == "__main__":
    main()
