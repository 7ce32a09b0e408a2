"""Points of one's own: files in, files out, each line checked."""
