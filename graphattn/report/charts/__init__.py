"""Charts as coordinates; the template makes SVG of them."""

from graphattn.report.charts.attention import deletion as deletion
from graphattn.report.charts.attention import distances as distances
from graphattn.report.charts.chart import Chart as Chart
from graphattn.report.charts.curves import curves as curves
from graphattn.report.charts.errors import errors as errors
from graphattn.report.charts.intervals import intervals as intervals
from graphattn.report.charts.pareto import pareto as pareto
