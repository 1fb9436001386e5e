// Traces of the shipped AIRs, a thread a row. Every thread writes its cells column after column, so that a warp writes whole sectors.
#pragma once

#include "field.cuh"

// The element that an integer of 32 bits stands for.
template <class Prime>
DEVICE Element<Prime> of_integer(u32 value)
{
    constexpr u32 SQUARE = (u32)((u64)Prime::ONE * Prime::ONE % Prime::P);
    return reduce<Prime>(mul_wide(value, SQUARE));
}

template <class Prime>
struct RowWriter
{
    u32 *at;
    u64 stride;

    DEVICE_MEMBER void put(u32 value)
    {
        *at = value;
        at += stride;
    }

    DEVICE_MEMBER void put(Element<Prime> value) { put(value.value); }

    DEVICE_MEMBER void integer(u32 value) { put(of_integer<Prime>(value)); }

    DEVICE_MEMBER void bit(u32 bit) { put((0u - bit) & Prime::ONE); }

    // A column for each bit, the lowest first.
    DEVICE_MEMBER void bits(u32 word)
    {
        NO_UNROLL for (u32 i = 0; i < 4; i++, word >>= 8)
            UNROLL for (u32 j = 0; j < 8; j++) bit(word >> j & 1);
    }

    // Halves, the lower first.
    DEVICE_MEMBER void limbs(u32 word)
    {
        integer(word & 0xffff);
        integer(word >> 16);
    }
};
