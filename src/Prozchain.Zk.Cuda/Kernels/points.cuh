// Points of evaluation domains, and 1 / (z - x) at them.
#pragma once

#include "extension.cuh"
#include "transforms.cuh"

// Position i of the coset shift * <w> of 2^log_size points in bit-reversed order.
template <class Prime>
DEVICE Element<Prime> domain_point(Roots<Prime> roots, Element<Prime> shift, u32 log_size, u32 i)
{
    return log_size == 0 ? shift : shift * root_power<Prime, false>(roots, log_size, reversed(i, log_size));
}

// What the host knows of z: the coefficients in x of the norm of z - x (DEGREE + 1), then those of each coordinate of the numerator
// (DEGREE times DEGREE), constant terms first.
template <class E>
DEVICE Element<typename E::Base> point_norm(const u32 *point, Element<typename E::Base> x)
{
    using Base = typename E::Base;
    Element<Base> norm = {point[E::DEGREE]};
    UNROLL for (u32 k = 0; k < E::DEGREE; k++) norm = norm * x + Element<Base>{point[E::DEGREE - 1 - k]};
    return norm;
}

// 1 / (z - x), from the inverse of its norm.
template <class E>
DEVICE Extended<E> point_inverse(const u32 *point, Element<typename E::Base> x, Element<typename E::Base> norm)
{
    using Base = typename E::Base;
    Extended<E> result;
    UNROLL for (u32 power = 0; power < E::DEGREE; power++)
    {
        const u32 *numerator = point + E::DEGREE + 1 + power * E::DEGREE;
        Element<Base> value = {numerator[E::DEGREE - 1]};
        UNROLL for (u32 k = 1; k < E::DEGREE; k++) value = value * x + Element<Base>{numerator[E::DEGREE - 1 - k]};
        result.at[power] = value * norm;
    }
    return result;
}

// Points that a thread takes together, a grid apart: one inversion serves their norms, each for three products more.
constexpr u32 POINTS_AT_ONCE = 4;

template <class Prime>
DEVICE void invert_together(Element<Prime> (&values)[POINTS_AT_ONCE])
{
    Element<Prime> before[POINTS_AT_ONCE];
    before[0] = values[0];
    UNROLL for (u32 i = 1; i < POINTS_AT_ONCE; i++) before[i] = before[i - 1] * values[i];
    Element<Prime> rest = inverse(before[POINTS_AT_ONCE - 1]);
    UNROLL for (u32 i = POINTS_AT_ONCE - 1; i > 0; i--)
    {
        Element<Prime> value = values[i];
        values[i] = rest * before[i - 1];
        rest = rest * value;
    }
    values[0] = rest;
}

// Calls use(position, x, 1 / (z - x)) for the positions of a domain that are the thread's.
template <class E, class Use>
DEVICE void for_point_inverses(const u32 *point, u32 log_size, u32 shift, const u32 *roots, Use use)
{
    using Base = typename E::Base;
    u64 size = 1ull << log_size, step = global_threads();
    for (u64 first = global_thread(); first < size; first += POINTS_AT_ONCE * step)
    {
        Element<Base> x[POINTS_AT_ONCE], norms[POINTS_AT_ONCE];
        UNROLL for (u32 j = 0; j < POINTS_AT_ONCE; j++)
        {
            // Beyond the end the first is taken again, and not used.
            u64 i = first + j * step;
            x[j] = domain_point<Base>({roots}, {shift}, log_size, (u32)(i < size ? i : first));
            norms[j] = point_norm<E>(point, x[j]);
        }
        invert_together(norms);
        UNROLL for (u32 j = 0; j < POINTS_AT_ONCE; j++)
            if (u64 i = first + j * step; i < size) use(i, x[j], point_inverse<E>(point, x[j], norms[j]));
    }
}
