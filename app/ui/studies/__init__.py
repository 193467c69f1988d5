"""The study owner's side: making studies, their progress, their quality, what they found."""
