"""The flows of the work-injury interface walked through by people, laid beside the sandbox's truth."""
