"""Layers."""

from graphattn.nn import conv as conv
from graphattn.nn.attention import GraphAttention as GraphAttention
from graphattn.nn.block import GraphTransformerBlock as GraphTransformerBlock
from graphattn.nn.net import GraphAttentionNet as GraphAttentionNet
