"""`python -m tiangong`."""

from tiangong.cli.app import main

if __name__ == "__main__":
    main()
