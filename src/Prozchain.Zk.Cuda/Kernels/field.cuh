// Prime fields of 31 bits in Montgomery form, R = 2^32, and their extensions: as Prozchain.Zk holds them, bit for bit.
#pragma once

#include "dialect.cuh"

// A prime below 2^31 with mu = p^-1 mod 2^32.
// A root of order 2^TWO_ADICITY is in Montgomery form, as ONE is.
struct KoalaBear
{
    static constexpr u32 P = 0x7f000001u, MU = 0x81000001u, ONE = 0x01fffffeu, TWO_ADICITY = 24, ROOT = 0x13c85195u;
};

struct BabyBear
{
    static constexpr u32 P = 0x78000001u, MU = 0x88000001u, ONE = 0x0ffffffeu, TWO_ADICITY = 27, ROOT = 0x57fab6eeu;
};

// An element, fully reduced; 4 bytes.
template <class Prime>
struct Element
{
    u32 value;
};

// x below 2^32 p to x / 2^32 mod p, fully reduced.
template <class Prime>
DEVICE Element<Prime> reduce(u64 x)
{
    u32 high = (u32)(x >> 32), product = mul_hi((u32)x * Prime::MU, Prime::P);
    u32 difference = high - product;
    return {min_u32(difference, difference + Prime::P)};
}

template <class Prime>
DEVICE Element<Prime> operator+(Element<Prime> a, Element<Prime> b)
{
    u32 sum = a.value + b.value;
    return {min_u32(sum, sum - Prime::P)};
}

template <class Prime>
DEVICE Element<Prime> operator-(Element<Prime> a, Element<Prime> b)
{
    u32 difference = a.value - b.value;
    return {min_u32(difference, difference + Prime::P)};
}

template <class Prime>
DEVICE Element<Prime> operator*(Element<Prime> a, Element<Prime> b) { return reduce<Prime>(mul_wide(a.value, b.value)); }

template <class Prime>
DEVICE Element<Prime> one() { return {Prime::ONE}; }

// The canonical integer of an element, as it is encoded.
template <class Prime>
DEVICE u32 canonical(Element<Prime> a) { return reduce<Prime>(a.value).value; }

template <class Prime>
DEVICE Element<Prime> power(Element<Prime> base, u64 exponent)
{
    Element<Prime> result = one<Prime>();
    for (; exponent != 0; exponent >>= 1, base = base * base)
        if (exponent & 1) result = result * base;
    return result;
}

template <class Prime>
DEVICE Element<Prime> inverse(Element<Prime> a) { return power(a, Prime::P - 2); }

// A sum of products that is reduced once: below 2^32 p after each step.
template <class Prime>
struct Wide
{
    u64 value;
};

template <class Prime>
DEVICE Wide<Prime> add_product(Wide<Prime> sum, Element<Prime> a, Element<Prime> b)
{
    // Below 2^32 p + p^2, which is below 2^64; one subtraction of 2^32 p is enough.
    u64 next = mul_add_wide(a.value, b.value, sum.value);
    u32 high = (u32)(next >> 32);
    return {(u64)min_u32(high, high - Prime::P) << 32 | (u32)next};
}

template <class Prime>
DEVICE Element<Prime> reduce(Wide<Prime> sum) { return reduce<Prime>(sum.value); }

// Products at compile time.
template <class Prime>
constexpr u32 constant_product(u32 a, u32 b)
{
    u64 x = (u64)a * b, high = x >> 32, product = (u64)((u32)x * Prime::MU) * Prime::P >> 32;
    return (u32)(high >= product ? high - product : high + Prime::P - product);
}

// The root of order 2^order to some power, at compile time.
template <class Prime>
constexpr u32 constant_root(u32 order, u32 exponent)
{
    u32 root = Prime::ROOT, value = Prime::ONE;
    for (u32 i = order; i < Prime::TWO_ADICITY; i++) root = constant_product<Prime>(root, root);
    for (u32 i = 0; i < exponent; i++) value = constant_product<Prime>(value, root);
    return value;
}
