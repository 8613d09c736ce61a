"""Reads across the rooms, and the bytes of every CSV, XLSX and PDF that leaves the dashboard."""
