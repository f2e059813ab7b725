"""Who stands at the desk, read by its library: cards, codes, and what the owner of a health card grants."""
