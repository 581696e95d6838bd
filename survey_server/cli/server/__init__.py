"""What `serve` runs on: the listening socket, connections and TLS, the processes beside it, and its memory."""
