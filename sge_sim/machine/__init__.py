"""Files, memory that processes share, documents of strangers, garbage collection."""
