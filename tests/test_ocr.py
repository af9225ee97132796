"""Scans: what is drawn is read, turned and askew, in tables and columns; where it stands, and what is in doubt."""

from __future__ import annotations

import importlib.util
import io
import socket
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from wqnlp import figures, metadata, pipeline, repair, source, structure
from wqnlp.errors import CODES, MissingExtra, Unreadable
from wqnlp.quality.cer import cer
from wqnlp.source import ocr_engine, ocr_image, ocr_page
from wqnlp.source.base import Decoding, Doubt, Source
from wqnlp.source.ocr import ImageReader, Recognised
from wqnlp.source.ocr_engine import Char

sys.path.insert(0, str(Path(__file__).parent))
from render import fonts

needs_ocr = pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None,
                               reason="the extra ocr is not installed: pip install 'wqnlp[ocr]'")
LINES = ["江平县妇联2013年维权工作总结", "全年共接待来信来访186件，办结179件，", "办结率96.2%。其中婚姻家庭类118件。"]


def drawn(lines: list[str], size: int = 26, wide: int = 640, left: int = 40) -> Image.Image:
    """Lines of text, black on white."""
    page = Image.new("L", (wide, len(lines) * 2 * size + 80), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(fonts.path(), size)
    for at, line in enumerate(lines):
        pen.text((left, 40 + at * 2 * size), line, font=font, fill=0)
    return page


def saved(page: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    held = io.BytesIO()
    page.save(held, kind, **how)
    return held.getvalue()


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("something was to be fetched")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refused)
    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)


@needs_ocr
def test_a_picture_is_read_without_a_network(tmp_path: Path, no_network: None) -> None:
    ocr_engine._engine.cache_clear()
    path = tmp_path / "扫描.png"
    path.write_bytes(saved(drawn(LINES)))
    read = source.read(path)
    assert read.format == "image" and squeezed(read.text) == squeezed("".join(LINES))
    place = read.place_of(read.text.index("186"), read.text.index("186") + 3)
    assert place is not None and place.page == 1 and place.box is not None
    assert 80 < place.box[1] < place.box[3] < 140 and 20 < place.box[0] < 60
    made = pipeline.run(path)
    assert not made.errors
    assert {figure.value for figure in made.figures} >= {186, 179, 96.2, 118}


# What the layout makes of recognised lines, with a recogniser that says what it is told.

class Told:
    """A recogniser of given lines: left, top, width, text; `unsure` has confidences of characters."""

    def __init__(self, *lines: tuple[int, int, int, str], high: int = 24, unsure: dict[str, tuple[float, str]] | None = None,
                 upright: bool = True) -> None:
        self._lines, self._high, self._unsure, self._upright = lines, high, unsure or {}, upright

    def lines(self, picture: object) -> list[np.ndarray]:
        return [np.array([[x, y], [x + w, y], [x + w, y + self._high], [x, y + self._high]], float) for x, y, w, _ in self._lines]

    def read(self, picture: object, quads: list[np.ndarray]) -> list[list[Char]]:
        by_top = {(round(min(q[:, 0])), round(min(q[:, 1]))): q for q in quads}
        told = []
        for (_, _), quad in by_top.items():
            text = next(text for x, y, _, text in self._lines
                        if (x, y) == (round(min(quad[:, 0])), round(min(quad[:, 1]))))
            right_way = bool(quad[0][0] < quad[1][0]) is self._upright
            told.append([Char(char, *(self._unsure.get(char, (0.999, "")) if right_way else (0.3, "")), 0.0, (at + 0.5) / len(text))
                         for at, char in enumerate(text)])
        return told


def seen(engine: Told, wide: int = 700, high: int = 500) -> Recognised:
    return Recognised([ocr_page.recognise(engine, np.full((high, wide, 3), 255, np.uint8), 1)])


def written(page: Recognised) -> tuple[str, tuple, tuple]:
    from wqnlp.source.pdf_write import content

    text, _, places, _ = content(page.sheets)
    return text, places, page.doubts(text, places)


def test_doubts_stand_at_their_characters() -> None:
    page = seen(Told((40, 40, 240, "全年接访一八六件次。"), (40, 100, 216, "其中婚姻家庭类九件"), unsure={"八": (0.61, "人")}))
    text, _, doubts = written(page)
    assert [(text[d.start:d.end], d.confidence) for d in doubts] == [("八", 0.61)]


def test_a_page_upside_down_is_turned_and_its_boxes_stay_where_they_are_seen() -> None:
    page = seen(Told((40, 40, 240, "二、接访一八六件次。"), (40, 100, 240, "其中婚姻家庭类九件。"), upright=False))
    text, places, _ = written(page)
    assert text.split("\n") == ["其中婚姻家庭类九件。", "二、接访一八六件次。"]
    last = page.shown(places)[-1]
    assert last.box is not None and 35 < last.box[0] < 60 and 35 < last.box[1] < 70 and last.box[2] == pytest.approx(280, abs=5)


def test_far_apart_on_one_line_is_two_runs() -> None:
    chars = [Char(char, 1.0, at=at) for char, at in zip("合计三件", (0.02, 0.08, 0.9, 0.96), strict=True)]
    quad = np.array([[0, 0], [400, 0], [400, 24], [0, 24]], float)
    assert [one.text for one in ocr_page._seen([quad], [chars])] == ["合计", "三件"]


@pytest.mark.parametrize(("line", "expected"), [("占12%;人", "占12%；人"), ("(一)完善", "（一）完善"), ("12,500份", "12,500份"),
                                                ("3:2", "3:2"), ("12・4", "12·4"), ("件,其", "件，其")])
def test_marks_have_the_width_of_what_is_beside_them(line: str, expected: str) -> None:
    assert "".join(char.text for char in ocr_page._one_width([Char(char, 0.9) for char in line])) == expected


# What figures make of doubts.

def figures_of(line: str, doubts: dict[str, float]) -> dict[str, tuple[float | None, bool, float]]:
    """Text of each figure to its value, whether it is damaged, and its confidence."""
    text = "江平县妇联2013年维权工作总结\n" + line
    read = Source(path="扫描.png", text=text, sha256="ab" * 32, format="image",
                  decoding=Decoding(encoding="image", reason="", confidence=0.9),
                  doubts=tuple(sorted(Doubt(text.index(part), text.index(part) + len(part), sure) for part, sure in doubts.items())))
    [summary] = structure.summaries(repair.repair(read))
    found, _ = figures.extract(summary, metadata.describe(summary, "x-0", read.path))
    return {figure.text: (figure.value, "damaged" in figure.flags, figure.confidence) for figure in found}


def test_a_digit_under_the_floor_takes_the_value() -> None:
    line = "全年共接待来信来访186件，办结179件。"
    sure, doubted = figures_of(line, {}), figures_of(line, {"86件": 0.62, "79件": 0.95})
    assert sure["186件"][:2] == (186, False) and doubted["186件"][:2] == (None, True)
    assert doubted["179件"][0] == 179 and doubted["179件"][2] < sure["179件"][2]


def test_a_doubt_elsewhere_takes_no_value() -> None:
    told = figures_of("全年共接待来信来访186件，为妇女挽回经济损失。", {"妇女挽": 0.3})
    assert told["186件"][0] == 186


def test_a_comma_read_for_a_point_leaves_no_wrong_value() -> None:
    told = figures_of("婚姻家庭类29件，占13，6%，挽回损失43，8万元，发放资料12，500份。", {"家": 0.9})
    assert not {13, 6, 43, 80000} & {value for value, *_ in told.values()}
    assert any(value == 29 for value, *_ in told.values()) and any(value == 12500 for value, *_ in told.values())


# Opening images: every mode, every kind of harm.

def one_shot(data: bytes) -> np.ndarray:
    [shot] = ocr_image.shots("图.png", data, 3)
    assert shot.picture is not None
    return shot.picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_kinds_are_known_by_their_first_bytes(kind: str) -> None:
    data = saved(drawn(["总结"]).convert("RGB"), kind)
    assert ImageReader().sniff(data[:1024]) and source.reading.reader_for(data[:1024]).name == "image"
    assert one_shot(data).shape == (132, 640, 3)


@pytest.mark.parametrize("text", ["BM妇联2013年总结，接访186件", "GIF是一种图像", "II、工作总结"])
def test_text_that_begins_like_an_image_is_text(text: str) -> None:
    assert source.reading.reader_for(text.encode()).name == "text"


@pytest.mark.parametrize(("mode", "kind"), [("1", "PNG"), ("L", "PNG"), ("P", "PNG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("LA", "PNG"),
                                            ("I;16", "PNG"), ("I;16", "TIFF"), ("I", "TIFF"), ("F", "TIFF"), ("CMYK", "JPEG"),
                                            ("CMYK", "TIFF"), ("YCbCr", "JPEG"), ("LAB", "TIFF"), ("1", "TIFF")])
def test_every_mode_is_black_on_white(mode: str, kind: str) -> None:
    page = drawn(["总结"])
    if mode == "I;16":
        page = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    elif mode in ("LA", "RGBA"):                                # the paper is what is transparent
        page = Image.merge("LA", (Image.new("L", page.size, 0), page.point(lambda grey: 255 - grey))).convert(mode)
    elif mode == "LAB":
        from PIL import ImageCms

        page = ImageCms.profileToProfile(page.convert("RGB"), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"),
                                         outputMode="LAB")
    else:
        page = page.convert(mode)
    made = one_shot(saved(page, kind))
    assert made.mean() > 200 and made.min() < 90 and made[0, 0].min() > 200


def test_white_on_black_is_turned_round() -> None:
    assert one_shot(saved(drawn(["总结"]).point(lambda grey: 255 - grey)))[0, 0, 0] == 255


def test_exif_says_which_side_is_up() -> None:
    told = Image.Exif()
    told[0x0112] = 6
    assert one_shot(saved(drawn(["总结"]).convert("RGB"), "JPEG", exif=told)).shape == (640, 132, 3)


def test_a_large_page_is_made_smaller_and_says_by_how_much() -> None:
    [shot] = ocr_image.shots("图.png", saved(Image.new("L", (8400, 600), 255)), 3)
    assert shot.picture is not None and shot.picture.shape[:2] == (300, 4200) and shot.scale == 2.0


def test_pages_of_a_tiff_and_first_picture_of_an_animation() -> None:
    pages = [drawn(["总结"], size=14, wide=120).convert("1")] * 100
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    assert [shot.number for shot in ocr_image.shots("传真.tif", data, 100)] == list(range(1, 101))
    with pytest.raises(Unreadable, match=r"E04.*99 pages"):
        list(ocr_image.shots("传真.tif", data, 99))
    moving = saved(drawn(["总结"]), "GIF", save_all=True, append_images=[drawn(["结总"])])
    assert len(list(ocr_image.shots("动.gif", moving, 1))) == 1


def harmed() -> dict[str, tuple[bytes, str]]:
    sound = saved(drawn(LINES))
    bomb = bytearray(saved(Image.new("1", (8, 8), 1)))
    bomb[16:24] = (60000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    nothing = bytearray(sound)
    nothing[16:20] = bytes(4)
    return {"cut": (sound[:len(sound) // 2], "E16"), "head alone": (sound[:40], "E16"), "bomb": (bytes(bomb), "E04"),
            "no width": (bytes(nothing), "E16"), "jpeg of nothing": (b"\xff\xd8\xff\xe0" + bytes(40), "E16"),
            "tiff of nothing": (b"II*\0" + b"\xff" * 40, "E16"), "tiff ring": (b"II*\0\x08\0\0\0" + bytes(2) + b"\x08\0\0\0", "E16"),
            "webp cut": (saved(drawn(LINES), "WEBP")[:60], "E16")}


@pytest.mark.parametrize("name", harmed())
def test_a_harmed_image_is_one_clear_error(name: str) -> None:
    data, code = harmed()[name]
    with pytest.raises(Unreadable) as told:
        ImageReader().read("坏.png", data)
    assert told.value.code == code in CODES and "坏.png" in str(told.value) and told.value.todo


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_mutated_images_open_or_are_unreadable(kind: str) -> None:
    dice = np.random.default_rng(len(kind))
    sound = saved(drawn(["总结"], wide=160).convert("RGB"), kind)
    for turn in range(60):
        data = bytearray(sound)
        for at in dice.integers(0, min(len(data), 400 if turn % 2 else len(data)), 1 + turn % 5):
            data[at] = dice.integers(256)
        data = data[:dice.integers(8, len(data))] if turn % 3 == 0 else data
        try:
            for shot in ocr_image.shots("坏", bytes(data), 5):
                assert shot.picture is None or (shot.picture.ndim == 3 and shot.picture.dtype == np.uint8)
        except Unreadable as error:
            assert error.code in ("E04", "E16")


def test_without_the_extra_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ocr_engine._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(MissingExtra, match=r"E51.*pip install 'wqnlp\[ocr\]'"):
        ImageReader().read("扫描.png", saved(drawn(LINES)))
    pdf = tmp_path / "扫描.pdf"
    drawn(LINES).save(pdf, "PDF")
    [error] = pipeline.run(pdf).errors
    assert error.error == "E51" and "wqnlp[ocr]" in error.message


# With the recogniser.

@needs_ocr
@pytest.mark.slow
def test_an_image_without_text_is_told() -> None:
    for page in (Image.new("L", (300, 200), 255), Image.new("L", (3, 3), 255)):
        with pytest.raises(Unreadable, match="E11"):
            ImageReader().read("白.png", saved(page))


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("angle", [90, 180, 270, 2.5, -1.5])
def test_a_turned_page_reads_the_same(angle: float) -> None:
    page = drawn(LINES).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    read = ImageReader().read("页.png", saved(page))
    assert cer(squeezed("".join(LINES)), squeezed(read.text)) < 0.03
    box = next(place.box for place in read.places if "186" in read.text[place.start:place.end])
    assert box is not None and 0 <= box[0] < box[2] <= page.width and 0 <= box[1] < box[3] <= page.height
    assert (box[3] - box[1] > box[2] - box[0]) is (angle in (90, 270))


ROWS = [("类别", "件数", "占比"), ("婚姻家庭", "118", "63.4%"), ("劳动保障", "24", "12.9%"), ("人身权利", "16", "8.6%")]


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("angle", [0, 1.2])
def test_a_table_has_its_cells(ruled: bool, angle: float) -> None:
    page = Image.new("L", (760, 420), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(fonts.path(), 24)
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            x, y = 60 + 210 * column, 60 + 50 * row
            pen.text((x + 30, y + 8), cell, font=font, fill=0)
            if ruled:
                pen.rectangle((x, y, x + 210, y + 50), outline=0, width=2)
    page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    read = ImageReader().read("表.png", saved(page))
    assert read.text.split("\n") == [" | ".join(row) for row in ROWS]
    assert [(c.row, c.column, read.text[c.start:c.end]) for c in read.cells] == \
        [(row, column, cell) for row, cells in enumerate(ROWS) for column, cell in enumerate(cells)]


@needs_ocr
@pytest.mark.slow
def test_two_columns_are_read_one_after_the_other() -> None:
    left = ["一是畅通渠道。全年县乡", "两级妇联共接待来信来访", "一百八十六件，办结一百", "七十九件，群众满意。"]
    right = ["二是深化普法。联合司法", "公安等八家单位设台咨询", "散发宣传单一万两千份，", "解答咨询三百余人次。"]
    page = Image.new("L", (860, 360), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(fonts.path(), 26)
    for row in range(4):
        pen.text((50, 60 + 46 * row), left[row], font=font, fill=0)
        pen.text((480, 60 + 46 * row), right[row], font=font, fill=0)
    assert cer("".join([*left, *right]), squeezed(ImageReader().read("栏.png", saved(page)).text)) < 0.02


@needs_ocr
@pytest.mark.slow
def test_pages_of_a_pdf_that_are_images_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "扫描.pdf"
    pages = [drawn(LINES, wide=827), drawn(["二、深化普法", "发放宣传资料1200份，举办讲座21场。"], wide=827)]
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    read = source.read(path)
    assert read.format == "pdf" and read.decoding.reason == "recognised 2 pages"
    assert cer(squeezed("".join(LINES) + "二、深化普法发放宣传资料1200份，举办讲座21场。"), squeezed(read.text)) < 0.02
    place = read.place_of(read.text.index("1200"), read.text.index("1200") + 4)
    assert place is not None and place.page == 2 and place.box is not None
    assert place.box[1] == pytest.approx((40 + 52) * 72 / 150, abs=8) and place.box[2] < 827 * 72 / 150
    assert [read.text[page.start:page.end][:2] for page in read.pages] == ["江平", "二、"]


@needs_ocr
@pytest.mark.slow
def test_a_worn_number_is_not_kept_silently(tmp_path: Path) -> None:
    """Every figure of a page that can hardly be read has the value that was printed, or none."""
    page = drawn([*LINES, "财产权益类27件，占14.5%；劳动和社会保障24件。"], size=15, wide=430)
    small = page.resize((page.width * 6 // 10, page.height * 6 // 10), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(3).normal(0, 22, (small.height, small.width))
    path = tmp_path / "坏.png"
    path.write_bytes(saved(Image.fromarray((70 + np.asarray(small) * 0.6 + grain).clip(0, 255).astype(np.uint8))))
    made = pipeline.run(path)
    printed = {186, 179, 96.2, 118, 27, 14.5, 24}
    wrong = [(figure.text, figure.value, figure.confidence) for figure in made.figures if figure.value is not None
             and figure.value not in printed and figure.confidence > 0.5]
    assert not wrong, wrong
