"""GAT's attention along edges, whose score is a sum of two node scalars."""

from graphattn.ops.gat.op import gat as gat
