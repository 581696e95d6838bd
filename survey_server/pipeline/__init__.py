"""The pipeline from responses to charts and exports. Only this layer imports `analysis`, pandas and matplotlib."""
