"""Sums along edges with given weights, and the products of both ends of edges."""

from graphattn.ops.weighted.op import product as product
from graphattn.ops.weighted.op import weighted as weighted
