"""What Cal.com tells us, unasked or asked: understood in one place, in any order, any number of times."""
