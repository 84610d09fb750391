"""``python -m msme_kg``: the command line."""

from msme_kg.cli.main import main

if __name__ == "__main__":
    main()
