"""`python -m wqnlp`: the command line."""

from wqnlp.cli import main

if __name__ == "__main__":
    main()
