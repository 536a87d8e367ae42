"""`make eval`: how well the news is read, on texts that nothing was learned from or chosen on, beside references."""
