"""Who is acting, on whose consent, with which permissions."""
