"""Every sentence that a subscriber reads, in Arabic and English, safe for Telegram and for both directions."""
