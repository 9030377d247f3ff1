"""The public operations on tensors."""

from graphattn.functional.additive import additive_attention as additive_attention
from graphattn.functional.blockwise import blockwise_attention as blockwise_attention
from graphattn.functional.dot import graph_attention as graph_attention
from graphattn.functional.full import full_attention as full_attention
from graphattn.functional.gat import gat_attention as gat_attention
from graphattn.functional.weighted import normalized_weights as normalized_weights
from graphattn.functional.weighted import weighted_sum as weighted_sum
from graphattn.functional.weights import attention_weights as attention_weights
from graphattn.functional.weights import gat_weights as gat_weights
