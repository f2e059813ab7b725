"""The flows of the national interface walked through, and back from every depth, beside the sandbox's truth."""
