"""Work-injury insurance (specification 5): admissions, advices, fee items, discharge, settlement sheets."""
