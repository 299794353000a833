"""Why a customer has its score: contributions, and reasons in words."""
