"""What `serve` runs on: granian or waitress, the bridge to the application, and the processes beside it."""
