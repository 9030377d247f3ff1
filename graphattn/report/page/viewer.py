"""What the attention viewer shows, small enough to travel inside the page."""

import base64
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from graphattn.compare.examine import Attention, rollout
from graphattn.report.items import item_errors_text, item_title
from graphattn.report.material import Material
from graphattn.report.palette import series
from graphattn.report.scenes import Scene

_MOST_BYTES = 1_500_000  # of one data set, before it is written as text


def viewer(material: Material) -> dict[str, Any] | None:
    """Returns the drawings with all weights, ready for JSON.

    A weight is written as a whole number up to 255, in units of the largest of its
    layer and head.

    Args:
        material: Of one data set; None comes back where no structure has a model.
    """
    if not material.scenes:
        return None
    names = list(material.models)
    number = series([row.structure for row in material.comparison.rows])
    scenes, spent = [], 0
    for scene in material.scenes:
        attention = {name: _packed(material, name, scene) for name in names}
        spent += sum(len(one["values"]) for one in attention.values())
        if scenes and spent > _MOST_BYTES:
            break
        scenes.append({**_drawing(material, scene), "attention": attention})
    return {
        "structures": [{"name": name, "series": number[name]} for name in names],
        "scenes": scenes,
    }


def _drawing(material: Material, scene: Scene) -> dict[str, Any]:
    return {
        "kind": scene.kind,
        "title": item_title(material, scene),
        "about": item_errors_text(material, scene),
        "names": scene.names,
        "places": np.round(scene.places, 1).tolist(),
        "sizes": np.round(scene.sizes, 1).tolist(),
        "width": round(scene.width, 1),
        "height": round(scene.height, 1),
        "backdrop": scene.backdrop,
    }


def _packed(material: Material, name: str, scene: Scene) -> dict[str, Any]:
    attention = material.attention(name, scene)
    weights = attention.weights[..., scene.nodes]
    allowed = attention.allowed[:, scene.nodes]
    whole = len(scene.nodes) == attention.num_nodes
    return {
        "layers": weights.shape[0],
        "heads": weights.shape[1],
        "pairs": _pairs(allowed),
        **pack(weights[..., allowed]),
        "rollout": _rollout(attention) if whole else None,
    }


def pack(weights: Float[torch.Tensor, "*stack pairs"]) -> dict[str, Any]:
    """Returns weights as bytes in base64, and what 255 stands for in each row.

    Args:
        weights: Not negative.
    """
    rows = weights.flatten(0, -2)
    if rows.shape[1] == 0:
        return {"largest": [0.0] * len(rows), "values": ""}
    largest = rows.amax(1)
    scaled = (255 * rows / largest.clamp(min=1e-12)[:, None]).round().byte()
    return {
        "largest": [float(f"{value:.4g}") for value in largest],
        "values": base64.b64encode(scaled.numpy().tobytes()).decode(),
    }


def _pairs(allowed: Bool[torch.Tensor, "rows shown"]) -> str | None:
    if bool(allowed.all()):
        return None
    cells = allowed.flatten().nonzero().view(-1).numpy().astype("<u2")
    return base64.b64encode(cells.tobytes()).decode()


def _rollout(attention: Attention) -> dict[str, Any]:
    return pack(rollout(attention.weights)[-1].flatten()[None])
