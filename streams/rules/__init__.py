"""The pure rules of a district: given state and batch, what holds now. No Kafka, no SQL, no web, no clock."""
