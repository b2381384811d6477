"""Observations by the contract of DESIGN 5: checked, refused with a reason, packed in columns."""
