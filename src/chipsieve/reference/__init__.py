"""What is there to look up? A page on each signal and each accelerator, for a terminal and for docs/."""
