"""python -m classroom."""

from classroom.entry import main

if __name__ == "__main__":
    main()
