"""Charts: tidy table in, `matplotlib.figure.Figure` out. `Figure()`, never pyplot; the same input, the same bytes."""
