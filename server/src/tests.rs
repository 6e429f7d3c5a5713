//! Whole requests through the router, with a cookie jar.
