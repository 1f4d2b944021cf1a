"""How does chipsieve speak with other tools? SARIF, other scanners' reports, Semgrep."""
