"""Which things do files state, and when do they hold? The types that readers, linking and matching share."""
