"""How good the forecasts were: recordings through the live step, without Kafka, judged by what was then measured."""
