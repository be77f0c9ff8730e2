"""The platform operators' site, below /ops/ on the public host. It reads the landlord's tables and no tenant's."""
