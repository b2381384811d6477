"""The figures that the rules turn on, each with where it comes from."""

from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US

WET_M = 0.01
"""Water of a centimetre makes a road wet (law 2)."""

HOLD_US = 60 * SECOND_US
"""A suspect reading is held this long at most (law 2)."""

RAIN_WINDOW_MIN = 30
RAIN_MM = 0.5
"""It rains when a gauge serving the district gave this much in that many minutes (law 2)."""

NEIGHBOUR_M = 2000.0
NEIGHBOUR_US = HOUR_US
"""A neighbour is a low point of the same district this near, wet if it was so within the hour (law 2)."""

SILENT_CADENCES = 3
SILENT_LEAST_US = 180 * SECOND_US
"""A station is silent after three cadences, 180 s at least (law 3)."""

DOWN_M = 0.03
DOWN_US = 600 * SECOND_US
"""A level ends after 600 s with every trusted reading strictly 3 cm below it (DESIGN 8)."""

DOWN_READINGS = 2
"""So many readings below it are seen before a level ends: of a sensor that speaks every five minutes one alone would do, and the next
one may stand above it again."""

FORECAST_HOLD_US = 10 * MINUTE_US
"""A level held by forecast alone stands at least this long (DESIGN 8)."""

ALIVE_US = 120 * SECOND_US
"""Minutes are not acted out across a longer stretch without any message: nothing was known in it."""

JUMP_M = 0.08
JUMP_M_PER_MIN = 0.03
"""A rise of a station by this much at once, and this fast, is suspect: real water in New York took a median 5.6 min to 15 cm,
so such a rise is rare while it is dry all around; where it rains or a neighbour is wet, nothing is held (law 2)."""

STAYS_SHARE = 0.5
"""The next reading confirms a jump if it keeps at least this share of it."""

RANGE_LOW_M = -0.05
RANGE_HIGH_M = 10.0
"""Depths outside are flagged; the mounting height takes the place of the upper one where it is known."""

FLAT_US = HOUR_US
FLAT_READINGS = 10
"""A wet reading that is the very same for an hour is a stuck sensor, not water."""

BOX_US = 20 * MINUTE_US
BOX_M = 0.02
"""A jump that nothing confirms and that then stands flat this long is a parked car or a thing under the sensor."""

CONFIDENT = 0.5
"""A camera surer than this is believed."""

LATE_US = 2 * MINUTE_US
"""A reading that arrives later than this is flagged; it still counts for the time it was taken at."""

RAIN_HIGH_MM_PER_MIN = 20.0
"""More than any rain ever measured in a minute (the record is 38 mm, most below 10): flagged, not used."""

RAIN_PERIOD_S = 86_400.0
"""A gauge that sums over more than a day says nothing of now: flagged, not used."""

HEAVY_RAIN_MM = 10.0
"""This much in 30 min is heavy rain: a point that is unknown in it needs eyes (law 3)."""

REPORT_US = 30 * MINUTE_US
"""A citizen's report carries its level for this long."""

AGREES_SHARE = 0.5
AGREES_US = 10 * MINUTE_US
"""Another source at the point agrees with a level if it saw at least this share of its depth within this time."""

PHOTOS = 3
MOST_PHOTOS = 16
"""So many photographs of different pictures confirm a sudden rise at once; the newest of a point are remembered."""

DENYING_CAMERAS = 2
DENIES_US = 5 * MINUTE_US
DENIES_M = 0.10
"""A sensor is doubted while so many cameras at its point, within this time and after it began to say so, see at least this much more or
less than it, and less than half of the higher of the two."""

CLIMBS_M = 0.05
"""A sensor that has gone up by this within that time, since it began to say so, sees water, not a thing: no camera denies it."""

REPORT_SD_LEAST_M = 0.05
"""No report knows the depth better."""

REPORT_DRIFT_M_PER_MIN = 0.02
"""What a report says grows old: street water takes a median 5.6 min to 15 cm and half an hour to be gone, so its error grows by this."""

LOOK_US = 5 * SECOND_US
"""Looks at a district between two whole minutes (see `rungs`) lie at least this far apart, however many of its points are rising."""

FORECAST_LEAD_MIN = 30
"""A level is raised by forecast when the chance to reach it within this time is as high as the model asks for."""

EXPIRES_US = 6 * HOUR_US
RENEW_US = 10 * MINUTE_US
"""An order is valid this long; it is issued again this long before it runs out while the danger stands."""

TRIAL_LEAD_MIN = 15
TRIAL_EVERY_MIN = 5
"""A new model and the one before are judged by what they said of the depth so long ahead, every so many minutes."""

TRIAL_NEAR_US = 5 * MINUTE_US
"""They are asked and judged only where a trusted reading is no older than this."""

TRIAL_CASES = 60
TRIAL_WORSE = 1.05
"""From so many judged forecasts on, a new model whose loss is over this many times the other's is sent back."""

TRIAL_WET_MIN = 360
"""The trial ends after so many minutes with water in the district: six hours. Dry ones judge nobody, and a swap is made in dry weather."""

MEMORY = 128
"""Readings of each station that are remembered, to know repeats and late ones."""

EVACUATE_LEVEL = 4
AHEAD_RAISE_P, AHEAD_KEEP_P = 0.5, 0.3
"""Where walking takes longer than `FORECAST_LEAD_MIN`, a zone is told to go when level 4 is as likely as not within that time."""

BY_HAND_US = 24 * HOUR_US
"""What an officer does by hand ends by itself, within a day at most."""

ACTS = 512
"""Acts of officers that are remembered, so that one that comes twice is heard once."""

SECOND_OFFICER_US = HOUR_US
"""What takes two officers by hand waits this long for the second."""
