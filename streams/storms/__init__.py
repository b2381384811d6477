"""After the storm: storms found in the history, their playback, and what the forecasts were worth; pure."""
