"""What is scanned: working tree, history, changes, standard input; each yields batches of bytes."""
