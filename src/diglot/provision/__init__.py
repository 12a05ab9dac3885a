"""Provide databases: `embedded` a server of one's own, `cachedir` what is kept between runs."""
