"""The web fonts: small, with every Vietnamese letter, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from survey_server.services.prepare_fonts import prepare_fonts
from survey_server.settings import Settings
from survey_server.web.static_files import StaticFiles

pytestmark = pytest.mark.slow  # making the fonts takes a second and a half


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return prepare_fonts(tmp_path_factory.mktemp("prepared") / "fonts")


def test_both_weights_hold_every_vietnamese_letter_in_60_kb(fonts: list[Path]) -> None:
    from fontTools.ttLib import TTFont

    assert [path.name for path in fonts] == ["be-vietnam-pro-regular.woff2", "be-vietnam-pro-semibold.woff2"]
    assert sum(path.stat().st_size for path in fonts) <= 60_000
    for path in fonts:
        assert set(map(ord, "Đánh giá việc triển khai, ước 1.500 ₫ – kiểm tra ẵ ữ ợ ẩ")) <= set(
            TTFont(path).getBestCmap()
        )


def test_existing_fonts_are_not_written_again(fonts: list[Path]) -> None:
    first = [path.stat().st_mtime_ns for path in fonts]
    assert [path.stat().st_mtime_ns for path in prepare_fonts(fonts[0].parent)] == first


@pytest.mark.parametrize("damage", [b"", b"\0"])
def test_a_font_that_a_power_cut_damaged_is_not_served_and_made_again(
    fonts: list[Path], tmp_path: Path, settings: Settings, damage: bytes
) -> None:
    folder = Path(shutil.copytree(fonts[0].parent, settings.fonts_dir))
    damaged = folder / fonts[0].name
    damaged.write_bytes(damage * damaged.stat().st_size)
    assert f"fonts/{damaged.name}" not in StaticFiles(settings).names
    assert f"fonts/{fonts[1].name}" in StaticFiles(settings).names
    prepare_fonts(folder)
    assert damaged.read_bytes() == fonts[0].read_bytes()
    assert f"fonts/{damaged.name}" in StaticFiles(settings).names
