"""Figures that can be checked: every one is measured in one run on this machine, beside a named reference where it is a
speed."""
