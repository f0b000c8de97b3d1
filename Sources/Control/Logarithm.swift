private import Glibc

// The two functions of the C library that decibels need, here so that no file with its public names imports it.

func logarithm(_ value: Double) -> Double { log10(value) }

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
