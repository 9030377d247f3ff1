"""Who attends to whom where no graph is given, or more than its edges is wanted.

Each function returns an `Adjacency`, and `union`, `intersection` and `without` make new
ones of them. Nodes may belong to several sets (sequences, images, molecules), named by
`batch` as in PyG: no pattern crosses from one to another.
"""

from graphattn.patterns.combine import intersection as intersection
from graphattn.patterns.combine import union as union
from graphattn.patterns.combine import without as without
from graphattn.patterns.drawn import expander as expander
from graphattn.patterns.drawn import random as random
from graphattn.patterns.graphs import k_hop as k_hop
from graphattn.patterns.graphs import virtual_node as virtual_node
from graphattn.patterns.graphs import with_self_loops as with_self_loops
from graphattn.patterns.grids import axial as axial
from graphattn.patterns.grids import grid as grid
from graphattn.patterns.near import nearest as nearest
from graphattn.patterns.near import within as within
from graphattn.patterns.sequences import bigbird as bigbird
from graphattn.patterns.sequences import bipartite_full as bipartite_full
from graphattn.patterns.sequences import blocks as blocks
from graphattn.patterns.sequences import causal as causal
from graphattn.patterns.sequences import full as full
from graphattn.patterns.sequences import global_tokens as global_tokens
from graphattn.patterns.sequences import longformer as longformer
from graphattn.patterns.sequences import window as window
from graphattn.patterns.sets import for_batch as for_batch
