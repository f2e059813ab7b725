"""Pure rules of settlement: values in, findings out."""
