import torch

from graphattn.ops.dropout import keep_factor, random_bits


def test_the_same_question_gets_the_same_answer():
    seed, edges = torch.tensor([123456789012345]), torch.arange(97)
    first = random_bits(seed, edges, 5)
    assert torch.equal(first, random_bits(seed, edges, 5))
    assert torch.equal(first[31:], random_bits(seed, edges[31:], 5))


def test_known_values_pin_the_generator():
    bits = random_bits(
        torch.tensor([5_000_000_000]), torch.tensor([0, 7, 2**40 + 3]), 3
    )
    assert bits.tolist() == [
        [936120953, 2549112779, 4118565753],
        [3037793609, 808354639, 1908760666],
        [15307884, 3387417656, 2924264949],
    ]


def test_bits_are_uniform_and_uncorrelated():
    seed = torch.tensor([31337])
    bits = random_bits(seed, torch.arange(50_000), 4).double() / 2**32
    assert (bits.mean(0) - 0.5).abs().max() < 0.01
    assert (bits.var(0) - 1 / 12).abs().max() < 0.005
    between = torch.corrcoef(torch.cat([bits[:-1], bits[1:]], dim=1).T)
    assert (between - torch.eye(8)).abs().max() < 0.02


def test_keeps_the_right_share_and_scales_it():
    keep = keep_factor(torch.tensor([9]), torch.arange(100_003), 1, 0.3, torch.float64)
    assert keep is not None
    assert abs(float((keep > 0).double().mean()) - 0.7) < 0.01
    assert torch.allclose(keep[keep > 0], torch.tensor(1 / 0.7).double())


def test_drops_nothing_without_a_seed_or_a_probability():
    edges = torch.arange(3)
    assert keep_factor(None, edges, 1, 0.5, torch.float32) is None
    assert keep_factor(torch.tensor([1]), edges, 1, 0.0, torch.float32) is None
