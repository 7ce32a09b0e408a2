"""What is asked of the world, files, memory that processes share, documents of strangers."""
