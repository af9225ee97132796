"""Records into tables: JSON Lines, CSV, Parquet, a SQLite library, DataFrames. A store computes nothing."""
