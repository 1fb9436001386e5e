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
DEVICE Extended<E> point_inverse(const u32 *point, Element<typename E::Base> x)
{
    using Base = typename E::Base;
    Element<Base> norm = {point[E::DEGREE]};
    UNROLL for (u32 k = 0; k < E::DEGREE; k++) norm = norm * x + Element<Base>{point[E::DEGREE - 1 - k]};
    norm = inverse(norm);
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
