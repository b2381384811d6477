"""For drivers: which roads are closed, and the signs at the roadside that are told so."""
