"""The alert of one customer about one cause: when it opens, how grave it is, what it says, when it is over."""
