"""From a list of edges to compressed rows and columns."""

from graphattn.ops.compress.op import compress as compress
