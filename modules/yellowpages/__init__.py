"""生活黄页: local services that people need, kept right by those who use them."""
