"""What a text says about supply. Pure: a text in, a judgement out. `judge.judge` is the one entry."""
