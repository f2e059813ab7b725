"""The book of settled money: what each business says it settled, for comparing with the insurer.

Names come from the rooms below: `facts` (Span, EntryFacts), `registry` (book, centre_book, remedy), `reading`
(entries_between, sums_by_scope), `gathering` (gather), `bringing` (bring).
"""
