"""Looks from this machine at addresses that others wrote, without trusting any of them."""
