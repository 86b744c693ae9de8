"""Bytes to text: which encoding a file has, and at which byte it fails to have it."""

from __future__ import annotations

import codecs
import encodings
import io
from collections.abc import Generator, Iterable

from corpora.info import CorpusError, UndecodableError

# The longer marks first: UTF-16's is the beginning of UTF-32's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FAMILY = {"utf-8-sig": "utf-8"}
_TEXT_CONTROLS = b"\t\n\r\f\v\b\x1b\x1a"
_CONTROLS = bytes(set(range(32)) - set(_TEXT_CONTROLS)) + b"\x7f"


def require_encoding(encoding: str) -> None:
    """Check that `encoding` is one that Python can read text with.

    Raises:
        CorpusError: If it is not.
    """
    codec = _codec(encoding)
    if codec is None or not codec._is_text_encoding or codec.incrementaldecoder is None:
        raise CorpusError(
            f"{encoding!r} is no text encoding that Python knows; utf-8, utf-16, latin-1 and cp1252 are some"
        )


def same_encoding(one: str, other: str) -> bool:
    """Whether two names are of one encoding, as latin1 and latin-1 are."""
    first, second = _codec(one), _codec(other)
    return first is not None and second is not None and first.name == second.name


def _codec(encoding: str) -> codecs.CodecInfo | None:
    # Not codecs.lookup: an installed package may answer it for every name there is, and future_typing does.
    return encodings.search_function(encoding.lower())


def encoding_of(head: bytes, encoding: str | None) -> tuple[str, int]:
    """Return a file's encoding and the length of its byte order mark.

    Args:
        head: Its first bytes, four or more where it has as many.
        encoding: What the user says, which is believed; None for what the mark says and else UTF-8.
    """
    codec = None if encoding is None else _codec(encoding)
    asked = None if codec is None else codec.name
    for mark, marked in _MARKS:
        # A user's "utf-16" leaves the byte order to the mark.
        if head.startswith(mark) and (asked is None or marked.startswith(_FAMILY.get(asked, asked))):
            return marked, len(mark)
    return asked or "utf-8", 0


def looks_binary(head: bytes, encoding: str | None = None) -> bool:
    """Tell whether a file that begins so is not meant to be read as text, in that encoding where one is named."""
    if encoding_of(head, encoding)[1]:
        return False
    codec = None if encoding is None else _codec(encoding)
    if codec is not None:
        head = codec.decode(head, "ignore")[0].encode("utf-8", "surrogatepass")
    return b"\0" in head or len(head.translate(None, _CONTROLS)) < 0.9 * len(head)


def decoded(blocks: Iterable[bytes], name: str, encoding: str | None) -> Generator[str, None, None]:
    r"""Decode a file that comes in blocks, one piece of text a block, every newline as `\n`.

    Args:
        blocks: The file's bytes in order, cut anywhere; the first has four bytes or more if the file has.
        name: The file's, for messages.
        encoding: None for what the byte order mark says and else UTF-8.

    Raises:
        UndecodableError: If the bytes are no text in that encoding, naming the first byte that fails.
    """
    decoder: codecs.IncrementalDecoder | None = None
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    codec, head, offset = "utf-8", b"", 0
    try:
        for block in blocks:
            data = block
            if decoder is None:
                codec, mark = encoding_of(block, encoding)
                decoder = codecs.getincrementaldecoder(codec)()
                head, data, offset = block[:8192], block[mark:], mark
            pending = len(decoder.getstate()[0])  # bytes of a character that the last block cut
            text = decoder.decode(data)
            offset += len(data)
            yield _text(newlines.decode(text), name)
        if decoder is not None:
            pending, data = len(decoder.getstate()[0]), b""
            yield _text(newlines.decode(decoder.decode(b"", final=True), final=True), name)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise _undecodable(name, codec, encoding, offset - pending + start, head) from None


def _text(text: str, name: str) -> str:
    if "\0" not in text:
        return text
    order = unmarked_utf16(text)
    if order:
        raise UndecodableError(f"{name}: UTF-16 without a byte order mark, it seems; --encoding {order} reads it")
    raise UndecodableError(f"{name}: binary, it has NUL characters; a text was wanted")


def unmarked_utf16(text: str) -> str:
    """The encoding of what was taken for UTF-8, if every other character of its beginning is a NUL; else nothing."""
    shares = [part.count("\0") / max(1, len(part)) for part in (text[0:4096:2], text[1:4096:2])]
    if max(shares) < 0.8 or min(shares) > 0.1:
        return ""
    return "utf-16-be" if shares[0] > shares[1] else "utf-16-le"


def _undecodable(name: str, codec: str, encoding: str | None, byte: int, head: bytes) -> UndecodableError:
    if encoding is None and looks_binary(head):
        return UndecodableError(f"{name}: binary, not UTF-8 at byte {byte:,}; a text was wanted")
    if encoding is None and codec == "utf-8":
        return UndecodableError(
            f"{name}: not UTF-8 at byte {byte:,}; name its encoding, for western texts --encoding latin-1"
        )
    return UndecodableError(f"{name}: not {codec.upper()} at byte {byte:,}; name its encoding with --encoding")
