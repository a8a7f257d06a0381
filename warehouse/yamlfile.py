"""YAML read with the line of every key, so that a refusal can say where it looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from warehouse.errors import ConfigurationError, SalesOpsError

Key = str | int
# The one in C reads the same ten times faster; not every build of the library has it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class YamlDocument:
    """The data of one YAML file and the line of each of its nodes; `columns` are those of its keys."""

    path: Path
    data: Any
    lines: dict[tuple[Key, ...], int] = field(repr=False)
    columns: dict[tuple[Key, ...], int] = field(default_factory=dict, repr=False)

    def line(self, *at: Key) -> int:
        """The line (1-based) of the node at a path; of its nearest known parent where the path leads nowhere."""
        for length in range(len(at), -1, -1):
            if at[:length] in self.lines:
                return self.lines[at[:length]]
        return 1

    def where(self, *at: Key) -> str:
        """`file:line, key a.b[0]`, for an error message."""
        return f"{self.path}:{self.line(*at)}" + (f", key {dotted(at)}" if at else "")

    def key_place(self, *at: Key) -> str:
        """`file:line, column n, key a.b`: where a key itself is written."""
        return f"{self.path}:{self.line(*at)}, column {self.columns.get(at, 1)}, key {dotted(at)}"


def dotted(at: Sequence[Key]) -> str:
    """A path of keys as people write it: schema[0].properties[2].name."""
    text = ""
    for key in at:
        text += f"[{key}]" if isinstance(key, int) else (f".{key}" if text else str(key))
    return text


def load(path: Path, refusal: type[SalesOpsError] = ConfigurationError) -> YamlDocument:
    """Read one YAML file.

    Args:
        path: the file.
        refusal: the class of error to raise.

    Raises:
        SalesOpsError: of the given class, when the file cannot be read, is not YAML, or says one key twice.
    """
    lines: dict[tuple[Key, ...], int] = {}
    columns: dict[tuple[Key, ...], int] = {}
    try:
        text = path.read_text(encoding="utf-8")
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return YamlDocument(path, None, lines)
            _walk(node, (), lines, columns, path, refusal)
            return YamlDocument(path, loader.construct_document(node), lines, columns)
        finally:
            loader.dispose()
    except OSError as error:
        raise refusal(f"The file cannot be read: {error.strerror}", str(path), "check the path and its rights") from error
    except UnicodeDecodeError as error:
        raise refusal("The file is not UTF-8 text", str(path), "save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error)
        raise refusal(f"The file is not valid YAML: {problem}", place, "mend the indentation or the quotes there") from error
    except (ValueError, RecursionError) as error:
        # A date that is none, or a file that is folded into itself.
        raise refusal(
            f"The file is not valid YAML: {error}", str(path), "put quotes around a text that looks like a date or a number"
        ) from error


def _walk(
    node: yaml.Node,
    at: tuple[Key, ...],
    lines: dict[tuple[Key, ...], int],
    columns: dict[tuple[Key, ...], int],
    path: Path,
    refusal: type[SalesOpsError],
) -> None:
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key_node, value in node.value:
            key = str(key_node.value)
            place = (*at, key)
            lines[place], columns[place] = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in seen:
                raise refusal(
                    f"The key {key!r} is said twice", f"{path}:{lines[place]}, key {dotted(place)}", "keep one of the two"
                )
            seen.add(key)
            _walk(value, place, lines, columns, path, refusal)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*at, index)] = value.start_mark.line + 1
            _walk(value, (*at, index), lines, columns, path, refusal)
