"""In which number formats are a file's tensors? Its header says so; the tensors are not read.

The text is the header, which is one JSON value: the name of each tensor with its format, shape and place.
"""

from __future__ import annotations

import json
from collections import Counter

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector

DTYPE = "weights_dtype"
METADATA = "__metadata__"  # an entry that is no tensor
KNOWN = 40  # number formats that one file may have; the format knows fewer


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """One setting for each number format, the most frequent first."""
    collector = Collector(source, vocabulary, "safetensors")
    try:
        header = json.loads(source.text)
    except (ValueError, RecursionError):
        collector.gap("the header of its tensors is no JSON, or nests too deeply: not read")
        return collector.reading()
    tensors = [tensor for name, tensor in header.items() if name != METADATA] if isinstance(header, dict) else []
    dtypes = Counter(tensor["dtype"] for tensor in tensors if isinstance(tensor, dict) and _is_dtype(tensor))
    for dtype, _ in dtypes.most_common(KNOWN):
        collector.state("key", DTYPE, dtype, 0, 1)
    return collector.reading()


def _is_dtype(tensor: dict[str, object]) -> bool:
    dtype = tensor.get("dtype")
    return isinstance(dtype, str) and len(dtype) < KNOWN
