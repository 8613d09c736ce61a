"""What answers a browser before Streamlit does: the session gate, sign-in, health and security headers."""
