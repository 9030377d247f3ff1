"""The split that a dataset itself has, as masks on its nodes."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.social.node_features import standardise_on
from graphattn.datasets.splits import Split


def public(data: Data) -> Split:
    """Returns the split that came with the data: its masks of nodes.

    Args:
        data: With `train_mask`, `val_mask` and `test_mask`.

    Raises:
        DataError: The data have none.
    """
    masks = [data.get(f"{part}_mask") for part in Split._fields]
    rule = "the data have no split of their own; draw one, with per_class or stratified"
    given = {"data": data.get("name")}
    check(all(m is not None for m in masks), "splits.public", rule, given)
    return Split(*(mask.nonzero().view(-1) for mask in masks if mask is not None))


def parts_of(data: Data) -> tuple[str, ...]:
    """Returns the split that came with the data as `splits.given` takes it.

    A node without a class, -1, is in no part.

    Args:
        data: One graph, with classes of its nodes.

    Returns:
        "train", "val", "test" or "" for each node; nothing where the data have no masks
        of nodes, or a node is in two of them.
    """
    y, masks = data.y, [data.get(f"{part}_mask") for part in Split._fields]
    assert isinstance(y, Tensor)
    if not all(isinstance(m, Tensor) and m.dim() == 1 for m in masks):
        return ()
    parts = [""] * (data.num_nodes or 0)
    for part, rows in public(data)._asdict().items():
        for node in rows.tolist():
            if parts[node]:
                return ()
            parts[node] = part
    known = (y >= 0).tolist()
    return tuple(part * has_class for part, has_class in zip(parts, known, strict=True))


def with_split(data: Data, split: Split) -> Data:
    """Returns the data with the split as masks, numbers standardised on its training.

    Features that encode attributes are standardised anew over the nodes that train, so
    that nothing of the others is known to them; those of other kinds are as they were.

    Args:
        data: What `load` returned.
        split: Positions of nodes.
    """
    data = data.clone()
    x, size = data.x, data.num_nodes or 0
    for part, rows in split._asdict().items():
        mask = torch.zeros(size, dtype=torch.bool)
        mask[rows] = True
        data[f"{part}_mask"] = mask
    if "columns" in data and isinstance(x, Tensor):
        data.columns, data.x = standardise_on(
            x, data.feature_names, data.columns, split.train
        )
    return data
