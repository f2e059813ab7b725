"""Settling: previews, settlements, doubts, undoing, reversal; the same for every kind of visit."""
