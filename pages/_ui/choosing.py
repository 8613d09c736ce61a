"""Choosing a customer, a country or a currency: the filters that several lists share."""

from __future__ import annotations

from datetime import date

import streamlit as st
from sqlalchemy import Connection

