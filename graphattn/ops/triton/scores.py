# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Scores of a tile of edges, and the weights' dropout."""

import triton
import triton.language as tl

from graphattn.ops.triton.tiles import flat, gather, gather_flat, rows


@triton.jit
def mix(word):
    """The hash of `graphattn.ops.dropout`, on uint32."""
    word = word ^ (word >> 16)
    word = word * 0x7FEB352D
    word = word ^ (word >> 15)
    word = word * 0x846CA68B
    return word ^ (word >> 16)


@triton.jit
def random_bits(seed, counter, head):
    """Returns 32 random bits for a counter and a head, of one shape when broadcast."""
    drawn = tl.load(seed)
    low = (drawn & 0xFFFFFFFF).to(tl.uint32)
    high = ((drawn >> 32) & 0xFFFFFFFF).to(tl.uint32)
    first = mix((counter & 0xFFFFFFFF).to(tl.uint32) ^ low)
    first ^= (counter >> 32).to(tl.uint32) * 0x85EBCA6B
    word = ((head.to(tl.int64) * 0x9E3779B9) & 0xFFFFFFFF).to(tl.uint32) + high
    return mix(first ^ word)


@triton.jit
def keep_factor(seed, counter, head, threshold, boost, ACC):
    """Returns 0 where a weight is dropped, else the factor whose bits `boost` has.

    The bits of a float64, because an argument that is a float is cut to float32.
    """
    bits = random_bits(seed, counter, head).to(tl.int64)
    factor = boost.to(tl.float64, bitcast=True).to(ACC)
    return tl.where(bits >= threshold, factor, 0.0)


@triton.jit
def keep_edges(seed, edge, threshold, boost, HP: tl.constexpr, ACC):
    """Returns `keep_factor` of a tile of edges: `[R, E, HP]`."""
    head = tl.arange(0, HP)[None, None, :]
    counter = edge.to(tl.int64)[:, :, None]
    return keep_factor(seed, counter, head, threshold, boost, ACC)


@triton.jit
def tanh(x):
    """Returns tanh by exp of what is not positive, so that nothing overflows."""
    power = tl.exp(-2.0 * tl.abs(x))
    size = (1.0 - power) / (1.0 + power)
    return tl.where(x < 0, -size, size)


@triton.jit
def leaky_relu(x, slope):
    """Returns x where positive, else `slope * x`."""
    return tl.where(x > 0, x, slope * x)


@triton.jit
def target_rows(query, row, live, SCORE, H, C, HP: tl.constexpr, CP: tl.constexpr, ACC):
    """Returns what a score reads of its own row: `[R, HP, CP]`, gat `[R, HP]`."""
    if SCORE == "gat":
        return flat(query, row, live, H, HP).to(ACC)
    else:
        return rows(query, row, live, H, C, HP, CP).to(ACC)


@triton.jit
def additive_sum(
    here, away, edge, live, edge_attr, edge_key_weight, H, C, F, HP, CP, ACC
):
    """Returns `q_i + k_j + W e_ij` as `[R, E, HP, CP]`."""
    total = here[:, None, :, :] + away
    if edge_key_weight is not None:
        head = tl.arange(0, HP)[:, None]
        place = tl.arange(0, CP)[None, :]
        mask = (head < H) & (place < C)
        for f in range(F):
            at = edge_attr + edge.to(tl.int64) * F + f
            attr = tl.load(at, mask=live, other=0.0).to(ACC)
            to = edge_key_weight + f * (H * C) + head * C + place
            weight = tl.load(to, mask=mask, other=0.0).to(ACC)
            total += attr[:, :, None, None] * weight[None, None, :, :]
    return total


@triton.jit
def score_tile(
    here, edge_here, key, weight, edge_attr, edge_key_weight, edge_score,
    source, edge, live, attr, scale, slope,
    SCORE, H, C, F, HP: tl.constexpr, CP: tl.constexpr, ACC,
):  # fmt: skip
    """Returns scores `[R, E, HP]` without bias, and what their gradient needs.

    That is the keys for dot, the sums before the activation for additive (both
    `[R, E, HP, CP]`) and the logits for gat.
    """
    if SCORE == "dot":
        tile = gather(key, source, live, H, C, HP, CP).to(ACC)
        score = tl.sum(here[:, None, :, :] * tile, 3)
        if edge_here is not None:
            score += tl.sum(edge_here[:, None, :, :] * attr[:, :, None, :], 3)
        score = score * scale
    elif SCORE == "gat":
        tile = here[:, None, :] + gather_flat(key, source, live, H, HP).to(ACC)
        if edge_score is not None:
            tile += gather_flat(edge_score, edge, live, H, HP).to(ACC)
        score = leaky_relu(tile, slope)
    else:
        away = gather(key, source, live, H, C, HP, CP).to(ACC)
        tile = additive_sum(
            here, away, edge, live, edge_attr, edge_key_weight, H, C, F, HP, CP, ACC
        )
        score = tl.sum(activate(tile, slope, SCORE) * weight[None, None, :, :], 3)
    return score, tile


@triton.jit
def activate(x, slope, SCORE):
    """Returns the activation of an additive score."""
    if SCORE == "tanh":
        return tanh(x)
    else:
        return leaky_relu(x, slope)


@triton.jit
def through_activation(grad, x, slope, SCORE):
    """Returns the gradient of x, where `grad` is that of its activation."""
    if SCORE == "tanh":
        bent = tanh(x)
        return grad * (1.0 - bent * bent)
    else:
        return tl.where(x > 0, grad, slope * grad)


@triton.jit
def constrain(
    score, edge, live, edge_bias, edge_mask, H, MASK_H, HP: tl.constexpr, ACC
):
    """Adds the bias; -inf where there is no edge or it may not be attended."""
    head = tl.arange(0, HP)[None, None, :]
    allowed = live[:, :, None] & (head < H)
    if edge_bias is not None:
        score += gather_flat(edge_bias, edge, live, H, HP).to(ACC)
    if edge_mask is not None:
        column = tl.where(head < MASK_H, head, 0)
        at = edge_mask + edge.to(tl.int64)[:, :, None] * MASK_H + column
        allowed = allowed & (tl.load(at, mask=allowed, other=0) != 0)
    return tl.where(allowed, score, float("-inf"))
