"""The work-injury gateway's other side: the insured, their stays, a catalogue, 29 methods; for the sandbox only."""
