"""Files that are almost right, for readers that must refuse them clearly."""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

fuzz = settings(
    max_examples=int(os.environ.get("GRAPHATTN_FUZZ", "60")),
    deadline=None,  # a busy machine may stop any process for seconds
    suppress_health_check=list(HealthCheck),
)
"""The number of cases; `GRAPHATTN_FUZZ` sets another."""

_SNIPPETS = (
    b"\n",
    b"\t",
    b"\0",
    b"#",
    b",",
    b'"',
    b"-1",
    b"1e999",
    b"nan",
    b"\xff\xfe",
)
_SNIPPETS += (b"\xef\xbb\xbf", b"\r", b"99999999999999999999", b"_", b"..", b"/")


@st.composite
def mutated(draw: st.DrawFn, valid: bytes) -> bytes:
    """Draws `valid` with some pieces replaced, removed, doubled or put in."""
    raw = valid
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(raw)))
        end = min(begin + draw(st.sampled_from([0, 1, 2, 7, 40])), len(raw))
        new = draw(
            st.one_of(
                st.sampled_from(_SNIPPETS),
                st.binary(max_size=8),
                st.just(raw[begin:end] * 2),
                st.just(b""),
            )
        )
        raw = raw[:begin] + new + raw[end:]
    return raw
