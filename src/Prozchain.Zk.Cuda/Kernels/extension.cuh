// Extensions of the prime fields by a root x of a polynomial of two or three terms.
#pragma once

#include "field.cuh"

// x^DEGREE = CONSTANT_TERM + MIDDLE_TERM x^MIDDLE_POWER, the terms in Montgomery form; MIDDLE_POWER 0 is for none.
struct KoalaBear4
{
    using Base = KoalaBear;
    static constexpr u32 DEGREE = 4, CONSTANT_TERM = 0x05fffffau, MIDDLE_POWER = 0, MIDDLE_TERM = 0;
};

struct KoalaBear5
{
    using Base = KoalaBear;
    static constexpr u32 DEGREE = 5, CONSTANT_TERM = KoalaBear::ONE, MIDDLE_POWER = 2, MIDDLE_TERM = KoalaBear::P - KoalaBear::ONE;
};

struct KoalaBear6
{
    using Base = KoalaBear;
    static constexpr u32 DEGREE = 6, CONSTANT_TERM = KoalaBear::P - KoalaBear::ONE, MIDDLE_POWER = 3, MIDDLE_TERM = KoalaBear::P - KoalaBear::ONE;
};

struct KoalaBear8
{
    using Base = KoalaBear;
    static constexpr u32 DEGREE = 8, CONSTANT_TERM = 0x05fffffau, MIDDLE_POWER = 0, MIDDLE_TERM = 0;
};

struct BabyBear4
{
    using Base = BabyBear;
    static constexpr u32 DEGREE = 4, CONSTANT_TERM = 0x37ffffe9u, MIDDLE_POWER = 0, MIDDLE_TERM = 0;
};

// DEGREE elements, constant term first: the bytes of the host's Extension.
template <class E>
struct Extended
{
    Element<typename E::Base> at[E::DEGREE];
};

template <class E>
DEVICE Extended<E> zero_extended()
{
    Extended<E> value;
    UNROLL for (u32 i = 0; i < E::DEGREE; i++) value.at[i] = {0};
    return value;
}

template <class E>
DEVICE Extended<E> embed(Element<typename E::Base> a)
{
    Extended<E> value = zero_extended<E>();
    value.at[0] = a;
    return value;
}

template <class E>
DEVICE Extended<E> operator+(Extended<E> a, Extended<E> b)
{
    UNROLL for (u32 i = 0; i < E::DEGREE; i++) a.at[i] = a.at[i] + b.at[i];
    return a;
}

template <class E>
DEVICE Extended<E> operator-(Extended<E> a, Extended<E> b)
{
    UNROLL for (u32 i = 0; i < E::DEGREE; i++) a.at[i] = a.at[i] - b.at[i];
    return a;
}

template <class E>
DEVICE Extended<E> operator*(Extended<E> a, Element<typename E::Base> b)
{
    UNROLL for (u32 i = 0; i < E::DEGREE; i++) a.at[i] = a.at[i] * b;
    return a;
}

template <class E>
DEVICE Extended<E> multiply(Extended<E> a, Extended<E> b)
{
    using Base = typename E::Base;
    constexpr u32 D = E::DEGREE;
    Element<Base> high[D];
    Extended<E> low;
    // Coefficients of the product, each a sum that is reduced once: D of them stay, D - 1 are folded back.
    UNROLL for (u32 k = 0; k < D; k++)
    {
        Wide<Base> sum = {0};
        UNROLL for (u32 i = 0; i <= k; i++) sum = add_product(sum, a.at[i], b.at[k - i]);
        low.at[k] = reduce(sum);
    }
    UNROLL for (u32 k = 0; k + 1 < D; k++)
    {
        Wide<Base> sum = {0};
        UNROLL for (u32 i = k + 1; i < D; i++) sum = add_product(sum, a.at[i], b.at[D + k - i]);
        high[k] = reduce(sum);
    }
    // From the highest power down, as the middle term may raise a folded one above D again.
    UNROLL for (u32 step = 0; step + 1 < D; step++)
    {
        u32 k = D - 2 - step;
        low.at[k] = low.at[k] + high[k] * Element<Base>{E::CONSTANT_TERM};
        if constexpr (E::MIDDLE_POWER != 0)
        {
            Element<Base> folded = high[k] * Element<Base>{E::MIDDLE_TERM};
            u32 place = k + E::MIDDLE_POWER;
            if (place < D) low.at[place] = low.at[place] + folded;
            else high[place - D] = high[place - D] + folded;
        }
    }
    return low;
}

template <class E>
DEVICE_CALL Extended<E> multiply_called(Extended<E> a, Extended<E> b) { return multiply(a, b); }

// Long products are called: a copy at each use would make the kernels many times as long.
template <class E>
DEVICE Extended<E> operator*(Extended<E> a, Extended<E> b)
{
    if constexpr (E::DEGREE > 5) return multiply_called(a, b);
    else return multiply(a, b);
}

// Calls define(prefix, type) for each extension that kernels are made for. A compilation that names one, as both, makes modules of it alone, so
// that a driver finishes what a proof asks for and no more.
#if defined(PROZCHAIN_EXTENSION)
#define PROZCHAIN_CALL(define, ...) define(__VA_ARGS__)
#define PROZCHAIN_EACH_EXTENSION(define) PROZCHAIN_CALL(define, PROZCHAIN_EXTENSION)
#else
#define PROZCHAIN_EACH_EXTENSION(define) \
    define(koalabear4, KoalaBear4) define(koalabear5, KoalaBear5) define(koalabear6, KoalaBear6) define(koalabear8, KoalaBear8) define(babybear4, BabyBear4)
#endif
