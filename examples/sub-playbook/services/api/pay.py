def pay(order):
    # TODO: charge the card
    # TODO: send the receipt
    # TODO: tell the warehouse
    return order
