"""What Cal.com tells us, by message or when asked: understood in one place, in any order, any number of times."""
