import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from graphattn.report.page import render
from graphattn.report.page.viewer import pack

VOID = {"meta", "link", "img", "br", "hr", "input"}
LARGEST = 5_000_000


class Reader(HTMLParser):
    """Notes the elements, and whether each is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.fixture(scope="module")
def text(page: Path) -> str:
    return page.read_text("utf-8")


@pytest.fixture(scope="module")
def read(text: str) -> Reader:
    return Reader(text)


def test_every_element_is_closed_and_no_id_is_used_twice(read):
    assert read.open == []
    ids = [attributes["id"] for _, attributes in read.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for attributes in read.all("a")]
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_every_picture_says_what_it_shows_or_is_hidden(read):
    pictures = read.all("svg", "canvas", "img")
    assert len(pictures) > 30
    inside_legend = [p for p in pictures if p.get("viewbox") == "0 0 26 10"]
    for picture in pictures:
        named = picture.get("role") == "img" and len(picture["aria-label"] or "") > 20
        hidden = picture.get("aria-hidden") == "true"
        assert named or hidden or picture in inside_legend  # their list is hidden


def test_nothing_is_loaded_from_anywhere(text, read):
    assert read.all("link", "img", "iframe", "object") == []
    assert all("src" not in attributes for attributes in read.all("script"))
    addresses = set(re.findall(r"https?://[^\s\"'<>;)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # the name of a format
    assert not re.search(r"@import|url\(", text)


def test_headings_go_down_step_by_step(read):
    levels = [int(tag[1]) for tag, _ in read.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_question_and_answer_come_before_anything_else(text):
    answer = text.index('class="answer"')
    assert text.index("<h1>") < answer < text.index("<table") < text.index("<figure")
    assert '<th scope="col">CPU s per run</th>' in text
    assert re.search(r"On karate, full attention reaches accuracy 0\.\d{3}", text)


def test_the_page_is_small_enough_to_be_sent(page):
    assert page.stat().st_size < LARGEST


def test_the_report_in_the_documentation_is_one_of_these():
    file = Path(__file__).parents[3] / "docs" / "report" / "index.html"
    assert file.stat().st_size < LARGEST
    read = Reader(file.read_text("utf-8"))
    assert read.open == []
    assert read.all("link", "img", "iframe", "object") == []


def test_the_data_of_the_viewer_are_complete(text):
    found = re.search(r'id="attention-data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    views = json.loads(found[1])
    kinds = [view["scenes"][0]["kind"] for view in views]
    assert kinds == ["network", "molecule", "pixels", "tokens"]
    for view in views:
        names = [one["name"] for one in view["structures"]]
        assert names == ["edges", "2-hop", "full"]
        for scene in view["scenes"]:
            size = len(scene["names"])
            assert len(scene["places"]) == len(scene["sizes"]) == size
            for packed in scene["attention"].values():
                _rows_are_shares(packed, size)


def _rows_are_shares(packed, size: int) -> None:
    stacks = packed["layers"] * packed["heads"]
    values = np.frombuffer(base64.b64decode(packed["values"]), np.uint8)
    weights = values.reshape(stacks, -1) * np.array(packed["largest"])[:, None] / 255
    cells = np.arange(size * size)
    if packed["pairs"] is not None:
        cells = np.frombuffer(base64.b64decode(packed["pairs"]), "<u2")
    matrix = np.zeros((stacks, size * size))
    matrix[:, cells] = weights
    sums = matrix.reshape(stacks, size, size).sum(2)
    assert sums == pytest.approx(np.ones_like(sums), abs=0.2)  # each is rounded


def test_weights_are_rounded_to_a_255th_of_the_largest():
    weights = torch.rand(2, 3, 7) / 5
    packed = pack(weights)
    values = np.frombuffer(base64.b64decode(packed["values"]), np.uint8).reshape(6, 7)
    back = values * np.array(packed["largest"])[:, None] / 255
    error = np.abs(back - weights.flatten(0, 1).numpy()).max()
    assert error <= 1.01 * float(weights.max()) / 255 / 2 + 1e-4
    assert pack(torch.zeros(2, 0)) == {"largest": [0.0, 0.0], "values": ""}


def test_a_study_that_was_stopped_says_so(outcome):
    stopped = replace(outcome, interrupted=True, comparisons=[])
    assert "stopped early" in render(stopped, [])
    assert "nothing to compare" in render(stopped, [])


def test_a_name_cannot_become_markup(outcome):
    from graphattn.report.material import gather

    (material,) = gather(outcome)
    comparison = replace(material.comparison, data="<script>alert(1)</script>")
    evil = replace(material, comparison=comparison)
    text = render(outcome, [evil])
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
