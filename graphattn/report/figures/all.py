"""Which pictures a data set gets."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from graphattn.report.chapters import chapters
from graphattn.report.figures.attention import Drawing
from graphattn.report.figures.charts import draw_charts
from graphattn.report.figures.molecule import draw_molecule
from graphattn.report.figures.network import draw_network
from graphattn.report.figures.pixels import draw_pixels
from graphattn.report.figures.tokens import draw_tokens
from graphattn.report.material import Material
from graphattn.report.scenes import Scene
from graphattn.report.scenes.pixels import image_of
from graphattn.report.scenes.tokens import words_of


def draw_all(material: Material) -> Iterator[tuple[str, Figure]]:
    """Yields the name and picture of each chapter of charts, and of attention.

    Attention is drawn on a test item of middle size, with the models of the first
    seed: the reference beside the last structure.

    Args:
        material: Of one data set.
    """
    data = material.comparison.data
    for chapter in chapters(material):
        yield f"{data}-{chapter.name}", draw_charts(chapter.charts)
    if material.scenes:
        yield f"{data}-attention", _attention(material)


def _attention(material: Material) -> Figure:
    scene = material.scenes[len(material.scenes) // 2]
    drawings = [
        Drawing.of(name, material.attention(name, scene), scene)
        for name in material.shown
    ]
    task = material.task
    title = f"{task.name}: learned attention"
    if scene.kind == "molecule":
        smiles = task.smiles[scene.graph]
        return draw_molecule(
            smiles, drawings, f"{title} on a molecule of the test part"
        )
    if scene.kind == "tokens":
        words = words_of(task, scene.graph)[: len(scene.nodes)]
        return draw_tokens(words, drawings, f"{title} on a sequence of the test part")
    if scene.kind == "pixels":
        values, grid = (each[scene.nodes] for each in image_of(task, scene.graph))
        return draw_pixels(values, grid, drawings, f"{title} on an image")
    return draw_network(task, scene, drawings, _on_network(material, scene, title))


def _on_network(material: Material, scene: Scene, title: str) -> str:
    if scene.item is None or material.task.level == "graph":
        return f"{title} (grey: ties; large: receives more)"
    name = material.task.node_names[scene.item]
    return f"{title} around node {name} ({len(scene.nodes)} nodes nearest to it)"
