"""Paper accounts, orders, fills and positions, and the strategies that trade them."""
