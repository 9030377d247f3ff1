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
def keep_factor(seed, edge, threshold, boost, HP: tl.constexpr):
    """Returns 0 where a weight is dropped, else `boost`: `[R, E, HP]`.

    Edge ids are below 2^31, so the counter's high half is always 0.
    """
    drawn = tl.load(seed)
    low = (drawn & 0xFFFFFFFF).to(tl.uint32)
    high = ((drawn >> 32) & 0xFFFFFFFF).to(tl.uint32)
    first = mix(edge.to(tl.uint32) ^ low)
    head = (tl.arange(0, HP).to(tl.int64) * 0x9E3779B9) & 0xFFFFFFFF
    word = head.to(tl.uint32) + high
    bits = mix(first[:, :, None] ^ word[None, None, :])
    return tl.where(bits.to(tl.int64) >= threshold, boost, 0.0)


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
def activation_slope(x, slope, SCORE):
    """Returns the derivative of `activate`."""
    if SCORE == "tanh":
        bent = tanh(x)
        return 1.0 - bent * bent
    else:
        return tl.where(x > 0, 1.0, slope)


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
