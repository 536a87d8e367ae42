"""How services read and write Kafka: one loop, one producer, one way to dead-letter."""
