"""The pictures of a study."""

from graphattn.report.figures.all import draw_all as draw_all
from graphattn.report.figures.attention import Drawing as Drawing
from graphattn.report.figures.curves import draw_curves as draw_curves
from graphattn.report.figures.metric import draw_metric as draw_metric
from graphattn.report.figures.molecule import draw_molecule as draw_molecule
from graphattn.report.figures.network import draw_network as draw_network
from graphattn.report.figures.pixels import draw_pixels as draw_pixels
from graphattn.report.figures.tokens import draw_tokens as draw_tokens
