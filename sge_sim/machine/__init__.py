"""What is asked of the machine: files, memory that processes share, garbage collection."""
