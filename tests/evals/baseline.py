"""What would a plain search say? The paper's three steps as words looked for anywhere in the tree, nothing linked."""

from __future__ import annotations

import re

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.predicates import admits
from chipsieve.sieve.policies import load_policy
from chipsieve.sources.discovery import Discovery

WORDS = {
    "nccl-variables": re.compile(r"nccl", re.IGNORECASE),
    "bf16-training": re.compile(r"\bbf16\b|bfloat16", re.IGNORECASE),
    "gpudirect-settings": re.compile(r"NCCL_IB_CUDA_SUPPORT|NCCL_NET_GDR_LEVEL|NCCL_P2P_DISABLE\W{1,3}0"),
}


def plain_search(found: Discovery) -> frozenset[str]:
    """The accelerators that remain when each of the paper's words, found anywhere, excludes as the paper reads it."""
    texts = [text for path, _ in found.files if isinstance(text := found.tree.text(path), str)]
    claims = load_policy("paper").claims
    claimed = [claims[signal] for signal, word in WORDS.items() if any(word.search(text) for text in texts)]
    rows = load_catalogue().accelerators
    return frozenset(row.id for row in rows if all(admits(claim, row) is not False for claim in claimed))
