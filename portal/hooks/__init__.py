"""Telling other systems what happened: signed messages to addresses an institution allows."""
