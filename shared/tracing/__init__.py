"""Traces: W3C trace context from a request through Kafka's headers to the webhook. The context is always handed on;
spans are recorded where a collector is named (`TracingSettings`)."""
