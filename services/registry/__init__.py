"""What the world did, in one order: stories, belief, measures and their clocks, ticks (contract sections 6 and 10)."""
