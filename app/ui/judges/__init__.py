"""The place of judges: their definitions, task flows, and the endpoints they are asked at."""
