"""Forecasting of waterlogging at known low points; usable without Kafka."""
