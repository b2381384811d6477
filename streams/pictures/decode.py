"""Decodes what `checks` let through, and paints it on a fresh canvas: the one place where a decoder sees a stranger's bytes."""

from __future__ import annotations

from io import BytesIO

import numpy as np

# named, so that Pillow never loads its forty others in search of one
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

from streams.pictures.bare import Bare, broken

LONGEST_PX = 1600
QUALITY = 85
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by the EXIF orientation (CIPA DC-008, 4.6.5)."""


def canvas_of(bare: Bare, orientation: int) -> Image.Image:
    """Decode a picture and paint it upright on a new canvas, its longest side at most `LONGEST_PX`.

    Returns
    -------
    PIL.Image.Image
        RGB, with no data of the file but its pixels; transparent parts are white.

    Raises
    ------
    PictureRefused
        Where its decoder finds it broken, or it does not fit into the memory that a picture may take.
    """
    try:
        small = _decoded(bare)
    except MemoryError:
        raise broken("it takes more memory than a picture may") from None
    except Exception as error:  # decoders raise what they like, and none of it may come further
        raise broken(f"it cannot be decoded ({type(error).__name__}): it was cut off, or written over") from None
    turn = _TURNS.get(orientation)
    upright = small if turn is None else small.transpose(turn)
    canvas = Image.new("RGB", upright.size, (255, 255, 255))
    canvas.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return canvas


def to_jpeg(canvas: Image.Image) -> bytes:
    """Encode a canvas: baseline, without a word of who, where or with what."""
    out = BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _decoded(bare: Bare) -> Image.Image:
    with Image.open(BytesIO(bare.data), formats=(bare.kind,)) as image:
        if image.size != (bare.width, bare.height):
            raise broken("its headers contradict each other")
        # a JPEG can be decoded at a half, a quarter or an eighth, which saves most of the time and memory
        image.draft(None, _fitting(image))
        image.load()
        return _small(_plain(image))


def _plain(image: Image.Image) -> Image.Image:
    """The same in a mode that can be made smaller: RGB, RGBA or L."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))  # Pillow would cut all above 255 off
    if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "RGBa", "La"):
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _small(image: Image.Image) -> Image.Image:
    size = _fitting(image)
    # always a picture of its own: the decoder's has the file's data hanging on it
    return image.copy() if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _fitting(image: Image.Image) -> tuple[int, int]:
    share = min(1.0, LONGEST_PX / max(image.size))
    return max(1, round(image.width * share)), max(1, round(image.height * share))
