"""PyG's attention layers, fused: the same constructors, parameters and results."""

from graphattn.nn.conv.gat import GATConv as GATConv
from graphattn.nn.conv.gatv2 import GATv2Conv as GATv2Conv
from graphattn.nn.conv.transformer import TransformerConv as TransformerConv
