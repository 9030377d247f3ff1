from pathlib import Path

import pytest
from error_gallery import GALLERY, message

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
CASES = [case for cases in GALLERY.values() for case in cases]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_the_page_shows_what_is_said(case, tmp_path):
    said = f"{case.what}: `{case.call}`\n\n```\n{message(case, tmp_path)}\n```\n"
    rule = "write it anew: python tests/error_gallery.py > docs/errors.md"
    assert said in PAGE.read_text(encoding="utf-8"), rule


def test_the_page_has_no_other_messages():
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```\n") == 2 * len(CASES)
