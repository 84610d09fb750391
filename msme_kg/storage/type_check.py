"""Check of decoded values against type hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")
_Check = Callable[[Any], bool]


def require_type(value: object, hint: type[_Value]) -> _Value:
    """Return a value that has exactly the type of a hint throughout, fields of dataclasses included.

    Raises:
        TypeError: it has another type.
    """
    if not _build_check(cast(Any, hint))(value):
        raise TypeError(f"not of type {hint}")
    return cast(_Value, value)


@cache
def _build_check(hint: Any) -> _Check:
    """Return a function that checks whether a value has a type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        checks = {get_origin(one) or one: _build_check(one) for one in arguments}
        return lambda value: type(value) in checks and checks[type(value)](value)
    if origin is tuple and arguments[-1] is not ...:
        parts = [_build_check(one) for one in arguments]
        return lambda value: (
            type(value) is tuple
            and len(value) == len(parts)
            and all(check(one) for check, one in zip(parts, value, strict=True))
        )
    if origin in {tuple, list, frozenset}:
        check_member = _build_check(arguments[0])
        return lambda value: type(value) is origin and all(map(check_member, value))
    if origin in {dict, Mapping}:
        check_key, check_value = map(_build_check, arguments)
        return lambda value: (
            type(value) is dict and all(map(check_key, value)) and all(map(check_value, value.values()))
        )
    return _build_dataclass_check(hint) if is_dataclass(hint) else _build_class_check(hint)


def _build_class_check(hint: type | None) -> _Check:
    kind = NoneType if hint is None else hint
    return lambda value: type(value) is kind


def _build_dataclass_check(kind: Any) -> _Check:
    types = get_type_hints(kind)
    checks: dict[str, _Check] = {}

    def has_type(value: Any) -> bool:
        if not checks:  # not before, because a field may have the type of its class
            checks.update({name: _build_check(one) for name, one in types.items()})
        return type(value) is kind and all(check(getattr(value, name)) for name, check in checks.items())

    return has_type
