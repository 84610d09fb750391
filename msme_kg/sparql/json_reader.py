"""Reader of JSON that decodes one value at a time, so that memory is bounded by the largest value."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

_CHUNK_BYTES = 1 << 20
_MAX_MEMBERS = 100
_LONGEST_TOKEN = 20
"""Longer than any token but strings and numbers: an error that is further from the end is no cut."""
_SPACE = re.compile(r"[ \t\r\n]*")


class TooLongError(ValueError):
    """A value that is longer than the limit."""


class JsonReader:
    """Reads objects and arrays member by member, and decodes the values of those members."""

    def __init__(self, body: bytes, max_length: int) -> None:
        """Begin with the first character.

        Args:
            body: the whole text, in UTF-8.
            max_length: the longest value to decode, in characters.
        """
        self._body = body
        self._max_length = max_length
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._position = 0

    def read_members(self) -> Iterator[str]:
        """Yield the keys of an object; the caller reads the value of each before the next.

        Raises:
            ValueError: the text is malformed, cut, or has a duplicate key, or has very many keys.
        """
        keys: set[str] = set()
        self._require("{")
        while not self._skip("}"):
            if keys:
                self._require(",")
            key = self.read_value()
            if not isinstance(key, str) or key in keys or len(keys) == _MAX_MEMBERS:
                raise ValueError
            self._require(":")
            keys.add(key)
            yield key

    def read_elements(self) -> Iterator[Any]:
        """Yield the values of an array.

        Raises:
            ValueError: the text is malformed or cut.
        """
        self._require("[")
        is_first = True
        while not self._skip("]"):
            if not is_first:
                self._require(",")
            is_first = False
            yield self.read_value()

    def read_value(self) -> Any:
        """Return the next value.

        Raises:
            RecursionError: it nests too deep.
            TooLongError: it is longer than the limit.
            ValueError: the text is malformed or cut.
        """
        self._find_token()
        while True:
            try:
                value, end = json.JSONDecoder().raw_decode(self._text, self._position)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or error.pos + _LONGEST_TOKEN > len(self._text)
                if is_cut and len(self._text) - self._position > self._max_length:
                    raise TooLongError from None
                if not is_cut or not self._decode_chunk():
                    raise
            else:
                # A number that ends with the chunk may go on in the next.
                if end < len(self._text) or not self._decode_chunk():
                    self._position = end
                    return value

    def finish(self) -> None:
        """Require that nothing follows.

        Raises:
            ValueError: something does.
        """
        if self._find_token():
            raise ValueError

    def _require(self, char: str) -> None:
        if not self._skip(char):
            raise ValueError

    def _skip(self, char: str) -> bool:
        """Skip a character if it is the next token; return whether it is."""
        is_next = self._find_token() == char
        self._position += is_next
        return is_next

    def _find_token(self) -> str:
        """Skip white space and return the next character; empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._position)
            self._position = space.end() if space else self._position
            if self._position < len(self._text) or not self._decode_chunk():
                return self._text[self._position : self._position + 1]

    def _decode_chunk(self) -> bool:
        """Decode the next part of the body; return whether there was any."""
        chunk = self._body[self._offset : self._offset + _CHUNK_BYTES]
        self._offset += len(chunk)
        self._text = self._text[self._position :] + self._decoder.decode(chunk, final=not chunk)
        self._position = 0
        return bool(chunk)
