"""The demo: a round in twelve provinces with its people, visits and simulated responses, always marked as such."""
