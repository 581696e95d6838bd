"""The device API: what tablets and scripts speak, over HTTP and JSON."""
