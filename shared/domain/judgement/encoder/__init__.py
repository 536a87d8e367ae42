"""The text encoder: multilingual-e5-small with our adapters and heads. It reads a text once and tells, for the whole
and for each sentence, whether it is about supply, of which types, and in which modality."""
