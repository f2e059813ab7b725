"""Daily uploads: records arrive and are kept, runs send them, every one says what became of it."""
