"""Clocks of a GPU, and of a rehearsal of the GPU's benchmark without one."""

import statistics
import time
from collections.abc import Callable

import torch
from measure import forward_and_backward, resident_memory, seconds
from torch import Tensor
from typing_extensions import override

Run = Callable[[], object]


class Meter:
    """What the rows of the benchmark are measured by; times are by CUDA events."""

    def __init__(self, repeat: int) -> None:
        self.repeat = repeat

    def milliseconds(self, run: Run) -> float:
        """Returns the median time of a call."""
        for _ in range(3):
            run()
        times = []
        for _ in range(self.repeat):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            run()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end))
        return statistics.median(times)

    def launching(self, run: Run) -> float:
        """Returns how many microseconds a call keeps the host from the next one."""
        calls, best = 100, float("inf")
        for _ in range(self.repeat):
            torch.cuda.synchronize()
            start = time.perf_counter()
            for _ in range(calls):
                run()
            best = min(best, time.perf_counter() - start)
        torch.cuda.synchronize()
        return best / calls * 1e6

    def replay(self, run: Run) -> float:
        """Returns the milliseconds of a call captured in a CUDA graph."""
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):
                run()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        return self.milliseconds(graph.replay)

    def peak(self, run: Run) -> float:
        """Returns the most gigabytes held during a call."""
        run()
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        run()
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() / 1e9

    def step(self, call: Callable[[], Tensor], leaves: list[Tensor], grad: Tensor):
        """Returns a step that a peer without a backward pass on CPU can take too."""
        return forward_and_backward(call, leaves, grad)

    def compiled(self, function: Callable) -> Callable:
        """Returns the function, compiled."""
        return torch.compile(function, dynamic=False)


class Rehearsal(Meter):
    """By the wall clock, once; nothing is compiled or captured."""

    @override
    def milliseconds(self, run: Run) -> float:
        return 1e3 * seconds(run)

    @override
    def launching(self, run: Run) -> float:
        return 1e6 * seconds(run)

    @override
    def replay(self, run: Run) -> float:
        return self.milliseconds(run)

    @override
    def peak(self, run: Run) -> float:
        run()
        return resident_memory(peak=True) / 1e9

    @override
    def step(self, call: Callable[[], Tensor], leaves: list[Tensor], grad: Tensor):
        for leaf in leaves:
            leaf.requires_grad_(False)
        return lambda: (call(),)

    @override
    def compiled(self, function: Callable) -> Callable:
        return function
