"""The pictures of a study."""

from graphattn.report.figures.all import draw_all as draw_all
from graphattn.report.figures.attention import Drawing as Drawing
from graphattn.report.figures.charts import draw_charts as draw_charts
from graphattn.report.figures.molecule import draw_molecule as draw_molecule
from graphattn.report.figures.network import draw_network as draw_network
from graphattn.report.figures.pixels import draw_pixels as draw_pixels
from graphattn.report.figures.tokens import draw_tokens as draw_tokens
