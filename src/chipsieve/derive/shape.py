"""How many accelerators does a launch ask for, on how many machines, and which line says so?"""

from __future__ import annotations

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch

PER_NODE, NODES, IN_ALL = "devices-per-node", "nodes", "devices-in-all"
"""The signals that count, by their ids."""


class Shape(msgspec.Struct, frozen=True):
    """What a launch asks for: devices in all, nodes, and devices of each node; 0 where no line says so.

    `at` is the line that asks for the devices of a node, `path:line`.
    """

    devices: int = 0
    nodes: int = 0
    per_node: int = 0
    at: str = ""


def shape_of(launch: Launch) -> Shape:
    """What the lines that take effect in a launch ask for; of several numbers the largest."""
    counted = {signal: _largest(launch, signal) for signal in (PER_NODE, NODES, IN_ALL)}
    each, nodes, total = (int(one.value) if one else 0 for one in counted.values())
    line = counted[PER_NODE]
    return Shape(
        devices=max(launch.devices, total, each * max(nodes, 1)),
        nodes=nodes,
        per_node=each,
        at=f"{line.path}:{line.span.line}" if line else "",
    )


def _largest(launch: Launch, signal: str) -> Finding | None:
    stands = (item for item, standing in launch.findings if item.signal == signal and standing == "asserted")
    counts = (item for item in stands if item.value.isdecimal())
    return min(counts, key=lambda item: (-int(item.value), item.path, item.span), default=None)
