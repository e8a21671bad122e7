"""Who has put what where, why, and until when."""

from __future__ import annotations
