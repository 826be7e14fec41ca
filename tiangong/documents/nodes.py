"""Where the parts of a YAML text stand, so that some of it can be changed and every other character stays."""

import re
from collections.abc import Iterable

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

Edit = tuple[int, int, str]
"""Characters from … until …, and what stands there instead."""


def compose(text: str) -> Node | None:
    """The nodes of a text that was read strictly before: it has no anchors, tags or second document."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def start(node: Node) -> int:
    """Index of a node's first character."""
    index: int = node.start_mark.index
    return index


def end(node: Node) -> int:
    """Index after a node's last character, as libyaml has it."""
    index: int = node.end_mark.index
    return index


def is_block_text(node: Node) -> bool:
    """Tell a scalar written with `|` or `>`."""
    return isinstance(node, ScalarNode) and node.style in ("|", ">")


def is_block(node: Node) -> bool:
    """Tell a mapping or list written on lines of its own."""
    return isinstance(node, MappingNode | SequenceNode) and not node.flow_style


def last_word(text: str, node: Node) -> int:
    """Index after the last character that belongs to a node."""
    while isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    # libyaml ends a block scalar where the next word begins
    return len(text[: end(node)].rstrip()) if is_block_text(node) else end(node)


def line_start(text: str, index: int) -> int:
    """Index of the first character of a line."""
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, node: Node) -> int:
    """Index after the line on which a node's last word stands."""
    return text.index("\n", last_word(text, node)) + 1


def column(block: MappingNode | SequenceNode) -> int:
    """Where the keys or dashes of a block stand."""
    if isinstance(block, SequenceNode):
        dash: int = block.start_mark.column
        return dash
    key: int = block.value[0][0].start_mark.column
    return key


def indented(block: str, columns: int) -> str:
    """Lines moved to the right."""
    return re.sub(r"(?m)^(?=.)", " " * columns, block)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits from the end, so that the places before them stay where they are."""
    for first, until, words in sorted(edits, reverse=True):
        text = text[:first] + words + text[until:]
    return text
