"""Pictures that mean harm, made by code: what an intake has to stand."""
