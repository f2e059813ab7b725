"""An app for the worker processes that tests start: a slow job, and the tests' own business."""
