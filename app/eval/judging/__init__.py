"""What judges are asked and how their replies are read: pure, without network or database."""
