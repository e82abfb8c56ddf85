"""The commands of a class: each reads its options, prints, and is done."""
