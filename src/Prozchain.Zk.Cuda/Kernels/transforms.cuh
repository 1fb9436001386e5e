// A transform of 2^r points, for many of them at once in a tile of shared memory.
//
// Decimation in frequency takes natural order to bit-reversed order, from the highest bit of the index down; decimation in time takes
// bit-reversed order to natural order, from the lowest bit up. A step does up to four bits in registers: with u the value of these
// bits and l what is below them, the sum over u of x_u w^(u f) and the factor of order 2^(bits up to here) to the power l f, after the sum
// or before it.
#pragma once

#include "field.cuh"

constexpr u32 TILE_LOG = 12, TILE = 1u << TILE_LOG, TILE_THREADS = 256, PER_THREAD = TILE / TILE_THREADS;

// Sixteen neighbours and then a gap: strides of powers of two meet different banks.
constexpr u32 TILE_BYTES = (TILE + TILE / 16) * 4;

DEVICE u32 padded(u32 index) { return index + (index >> 4); }

// Roots of order 2^4 and below, which unrolled loops take as immediate values.
template <class Prime, bool INVERSE>
DEVICE Element<Prime> sixteenth(u32 exponent)
{
    constexpr u32 ROOTS[16] = {
        Prime::ONE, constant_root<Prime>(4, 1), constant_root<Prime>(4, 2), constant_root<Prime>(4, 3),
        constant_root<Prime>(4, 4), constant_root<Prime>(4, 5), constant_root<Prime>(4, 6), constant_root<Prime>(4, 7),
        constant_root<Prime>(4, 8), constant_root<Prime>(4, 9), constant_root<Prime>(4, 10), constant_root<Prime>(4, 11),
        constant_root<Prime>(4, 12), constant_root<Prime>(4, 13), constant_root<Prime>(4, 14), constant_root<Prime>(4, 15)};
    return {ROOTS[INVERSE ? (16 - exponent) & 15 : exponent]};
}

// Powers of the root of order 2^TWO_ADICITY: those below 2^12, then those at multiples of 2^12. The host makes the table.
template <class Prime>
struct Roots
{
    const u32 *table;
};

constexpr u32 FINE_LOG = 12;

// The root of order 2^order to a power below 2^order.
template <class Prime, bool INVERSE>
DEVICE Element<Prime> root_power(Roots<Prime> roots, u32 order, u32 exponent)
{
    constexpr u32 ALL = Prime::TWO_ADICITY;
    u32 scaled = exponent << (ALL - order);
    if (INVERSE) scaled = (0u - scaled) & ((1u << ALL) - 1);
    Element<Prime> coarse = {roots.table[(1u << FINE_LOG) + (scaled >> FINE_LOG)]};
    // Orders up to that of the coarse powers need no other.
    if (order <= ALL - FINE_LOG) return coarse;
    return coarse * Element<Prime>{roots.table[scaled & ((1u << FINE_LOG) - 1)]};
}

template <u32 Q>
DEVICE u32 reversed(u32 value) { return Q == 0 ? 0 : reverse_bits(value) >> (32 - Q); }

DEVICE u32 reversed(u32 value, u32 bits) { return bits == 0 ? 0 : reverse_bits(value) >> (32 - bits); }

// 2^Q values from natural to bit-reversed order.
template <class Prime, bool INVERSE, u32 Q>
DEVICE void frequency_network(Element<Prime> *x)
{
    UNROLL for (u32 stage = 0; stage < Q; stage++)
    {
        u32 half = 1u << (Q - 1 - stage);
        UNROLL for (u32 pair = 0; pair < 1u << (Q - 1); pair++)
        {
            u32 j = pair & (half - 1), i = (pair >> (Q - 1 - stage)) * 2 * half + j;
            Element<Prime> a = x[i], b = x[i + half];
            x[i] = a + b;
            x[i + half] = j == 0 ? a - b : (a - b) * sixteenth<Prime, INVERSE>(j << (4 - Q + stage));
        }
    }
}

// 2^Q values from bit-reversed to natural order.
template <class Prime, bool INVERSE, u32 Q>
DEVICE void time_network(Element<Prime> *x)
{
    UNROLL for (u32 stage = 0; stage < Q; stage++)
    {
        u32 half = 1u << stage;
        UNROLL for (u32 pair = 0; pair < 1u << (Q - 1); pair++)
        {
            u32 j = pair & (half - 1), i = (pair >> stage) * 2 * half + j;
            Element<Prime> a = x[i], b = j == 0 ? x[i + half] : x[i + half] * sixteenth<Prime, INVERSE>(j << (3 - stage));
            x[i] = a + b;
            x[i + half] = a - b;
        }
    }
}

// Bits [bit, bit + Q) of the index in the tile; those below `skipped` number the transforms that lie side by side.
template <class Prime, bool INVERSE, bool IN_TIME, u32 Q>
DEVICE_CALL void step(Element<Prime> *tile, u32 log_tile, u32 bit, u32 skipped, Roots<Prime> roots)
{
    for (u32 group = thread_x(); group < 1u << (log_tile - Q); group += TILE_THREADS)
    {
        u32 low = group & ((1u << bit) - 1), base = (group >> bit << (bit + Q)) + low, l = low >> skipped, order = bit - skipped + Q;
        Element<Prime> x[1u << Q];
        UNROLL for (u32 u = 0; u < 1u << Q; u++)
        {
            x[u] = tile[padded(base + (u << bit))];
            if (IN_TIME && u != 0 && l != 0) x[u] = x[u] * root_power<Prime, INVERSE>(roots, order, l * reversed<Q>(u));
        }
        if (IN_TIME) time_network<Prime, INVERSE, Q>(x);
        else frequency_network<Prime, INVERSE, Q>(x);
        UNROLL for (u32 u = 0; u < 1u << Q; u++)
        {
            if (!IN_TIME && u != 0 && l != 0) x[u] = x[u] * root_power<Prime, INVERSE>(roots, order, l * reversed<Q>(u));
            tile[padded(base + (u << bit))] = x[u];
        }
    }
    sync_threads();
}

template <class Prime, bool INVERSE, bool IN_TIME>
DEVICE void step_of(u32 q, Element<Prime> *tile, u32 log_tile, u32 bit, u32 skipped, Roots<Prime> roots)
{
    switch (q)
    {
    case 1: step<Prime, INVERSE, IN_TIME, 1>(tile, log_tile, bit, skipped, roots); break;
    case 2: step<Prime, INVERSE, IN_TIME, 2>(tile, log_tile, bit, skipped, roots); break;
    case 3: step<Prime, INVERSE, IN_TIME, 3>(tile, log_tile, bit, skipped, roots); break;
    default: step<Prime, INVERSE, IN_TIME, 4>(tile, log_tile, bit, skipped, roots); break;
    }
}

// All transforms of a tile: of 2^log_points each, 2^skipped of them side by side. The tile is complete before and after.
template <class Prime, bool INVERSE, bool IN_TIME>
DEVICE void transform_tile(Element<Prime> *tile, u32 log_points, u32 skipped, Roots<Prime> roots)
{
    u32 log_tile = log_points + skipped;
    for (u32 done = 0; done < log_points;)
    {
        u32 q = min_u32(4, log_points - done);
        u32 bit = IN_TIME ? skipped + done : log_tile - done - q;
        step_of<Prime, INVERSE, IN_TIME>(q, tile, log_tile, bit, skipped, roots);
        done += q;
    }
}
