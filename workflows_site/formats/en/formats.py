"""Days and times as people in most countries read them without thinking: 2 March 2026, 09:00."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
