"""Shortest paths between pairs of nodes."""

from graphattn.ops.paths.op import find_paths as find_paths
