"""The book of settled money: what each business says it settled, for comparing with the insurer."""
