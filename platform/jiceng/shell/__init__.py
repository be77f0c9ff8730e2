"""What all shells share: mounting with its gate, navigation, error pages, the UI kit."""
