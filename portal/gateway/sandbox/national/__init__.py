"""What the national interface's door asks of every business: operators signed in, and check media of the control."""
