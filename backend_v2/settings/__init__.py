"""What a user has set, and how far their onboarding is."""
