"""The compiled CPU kernels: C++ sources in `src`, and what loads and calls them."""

from graphattn.ops.native.library import AVAILABLE as AVAILABLE
from graphattn.ops.native.library import NAMES as NAMES
from graphattn.ops.native.library import REASON as REASON
from graphattn.ops.native.library import choose_isa as choose_isa
from graphattn.ops.native.library import isa as isa
from graphattn.ops.native.library import lanes as lanes
