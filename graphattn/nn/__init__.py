"""Layers."""

from graphattn.nn import conv as conv
from graphattn.nn.accelerate import Acceleration as Acceleration
from graphattn.nn.accelerate import accelerate as accelerate
from graphattn.nn.accelerate import accelerated as accelerated
from graphattn.nn.attention import GraphAttention as GraphAttention
from graphattn.nn.block import GraphTransformerBlock as GraphTransformerBlock
from graphattn.nn.gps import GPSAttention as GPSAttention
from graphattn.nn.linear import LinearAttention as LinearAttention
from graphattn.nn.net import GraphAttentionNet as GraphAttentionNet
