"""Work injury in the left navigation, in the order of a stay."""
