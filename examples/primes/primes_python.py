"""What primes.h replaces."""


def primes(count):
    found = []
    candidate = 2
    while len(found) < count:
        for divisor in found:
            if divisor * divisor > candidate:
                found.append(candidate)
                break
            if candidate % divisor == 0:
                break
        else:
            found.append(candidate)
        candidate += 1
    return found
