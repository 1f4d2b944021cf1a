"""What does `python -m chipsieve` run? The command line."""

from chipsieve.cli import main

if __name__ == "__main__":
    main(prog_name="chipsieve")
