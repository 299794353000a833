"""The page: the predictions of one date as one HTML file that needs neither server nor network."""
