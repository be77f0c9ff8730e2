"""What members see on the phone."""
