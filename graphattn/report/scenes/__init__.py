"""Graphs laid out on a page, so that attention can be drawn over them."""

from graphattn.report.scenes.choosing import scenes as scenes
from graphattn.report.scenes.scene import Scene as Scene
