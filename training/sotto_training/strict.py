"""Dataclasses from parsed TOML or JSON; every surprise is refused by name."""

import dataclasses
import types
import typing

from .problem import Problem


def build(kind, table, where: str):
    """An instance of the dataclass `kind` from `table`. `where` names the file, and the key inside it if nested."""
    if not isinstance(table, dict):
        raise Problem(f"{where}: found {table!r}, expected a table")
    hints = typing.get_type_hints(kind)
    known = {entry.name: entry for entry in dataclasses.fields(kind)}
    for key in table:
        if key not in known:
            raise Problem(f"{where}: unknown key {key!r}, expected one of {', '.join(sorted(known))}")
    values = {}
    for name, entry in known.items():
        required = entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING
        if name in table:
            values[name] = _value(hints[name], table[name], f"{where}, {name}")
        elif required:
            raise Problem(f"{where}: key {name!r} is missing")
    try:
        return kind(**values)
    except Problem as problem:
        raise Problem(f"{where}: {problem}") from None


def _value(hint, found, where: str):
    if dataclasses.is_dataclass(hint):
        return found if isinstance(found, hint) else build(hint, found, where)
    if isinstance(hint, types.UnionType):
        for option in typing.get_args(hint):
            if option is type(None) or isinstance(found, typing.get_origin(option) or option):
                if found is None or option is not type(None):
                    return _value(option, found, where)
        hint = next(option for option in typing.get_args(hint) if option is not type(None))
        if dataclasses.is_dataclass(hint):
            return build(hint, found, where)
    if hint is type(None) and found is None:
        return found
    if typing.get_origin(hint) is list:
        if not isinstance(found, list):
            raise Problem(f"{where}: found {found!r}, expected a list")
        return [_value(typing.get_args(hint)[0], item, f"{where}[{index}]") for index, item in enumerate(found)]
    if hint is float and isinstance(found, int) and not isinstance(found, bool):
        return float(found)
    if hint in (int, float, str, bool) and type(found) is not hint:
        raise Problem(f"{where}: found {found!r}, expected a value of type {hint.__name__}")
    return found
