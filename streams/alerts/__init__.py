"""Alerts as other systems read them: CAP 1.2, Atom, GeoJSON and CSV."""
