"""Attention on graphs: one operation, and who may attend to whom."""

from graphattn import datasets as datasets
from graphattn import nn as nn
from graphattn import patterns as patterns
from graphattn import sampling as sampling
from graphattn.adjacency import Adjacency as Adjacency
from graphattn.functional import additive_attention as additive_attention
from graphattn.functional import attention_weights as attention_weights
from graphattn.functional import full_attention as full_attention
from graphattn.functional import gat_attention as gat_attention
from graphattn.functional import gat_weights as gat_weights
from graphattn.functional import graph_attention as graph_attention
from graphattn.nn import GraphAttention as GraphAttention
from graphattn.nn import accelerate as accelerate
from graphattn.ops.kernels import kernel_for as kernel_for

__version__ = "0.1.0"
