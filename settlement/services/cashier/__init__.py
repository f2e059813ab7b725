"""Money through the desk's cashier (OneTrans): recharges, refunds, unified charges, and what proves them."""
