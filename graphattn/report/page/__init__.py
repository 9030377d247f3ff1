"""The report as one HTML file."""

from graphattn.report.page.page import render as render
