"""`python -m tiangong`."""

from tiangong.cli.start import main

if __name__ == "__main__":
    main()
