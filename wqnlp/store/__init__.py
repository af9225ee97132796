"""Records into tables: JSON Lines, CSV, Parquet, a library (SQLite, PostgreSQL), DataFrames. A store computes nothing."""
