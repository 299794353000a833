"""The user's tables, read, mapped, checked and accounted for: from files to a history."""
