"""The table of rainfall amounts for a city: computed from its folder, printed, exported."""
