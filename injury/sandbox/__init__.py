"""The work-injury gateway's other side: insured people, stays, a catalogue, 29 methods; for the sandbox process only."""
