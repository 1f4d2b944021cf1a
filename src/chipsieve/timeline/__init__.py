"""What stood in a repository's earlier commits: lives of evidence, the answers of then, and what documents declared."""
