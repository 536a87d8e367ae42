"""What the world means for one customer's purchase of one material: columns of exposures, the cells of the world that
touch them, and one vectorised score.

Numbers are float64 and pass only through + - x /, comparisons, square roots and table look-ups, element by element and
in a fixed order: a row scored alone, in a batch or in a replay gives the same digits."""
