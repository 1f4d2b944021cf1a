"""How do the signals serve those who run Semgrep? As compiled rules, and by running Semgrep on them."""
