"""Importers of measured data: each makes a city folder (DESIGN 4) and recorded observations (DESIGN 5) from the files of one publisher."""
