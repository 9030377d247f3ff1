"""Names beside a graph."""

from collections import UserList


class Names(UserList[str]):
    """A list of names that PyG's loaders and transforms leave as it is.

    PyG takes a plain list with as many items as there are nodes for data of nodes,
    which a loader cannot pick rows from. The names of a mini-batch's nodes are
    ``[names[i] for i in batch.n_id]``.
    """
