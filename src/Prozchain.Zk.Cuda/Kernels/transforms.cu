// Transforms of columns longer than a tile, in passes over global memory. A pass does bits [low, low + points) of the index: a tile is
// 2^points values at strides of 2^low, with 2^side neighbours of each, so that whole sectors are read and written.
//
// Counts, for a coset extension from 2^n to 2^(n + b) values, n from 13 to 20, in elements of 4 bytes for each value of a column:
// pass 1 reads 1 and writes 1; the turn reads 1 and writes 2^b; the last pass reads and writes 2^b.
#include "transforms.cuh"

// Where a tile lies in its column. A launch has 2^(n - points - side) blocks in x, and a column for each in y.
struct Tile
{
    u32 high, offset, log_size, low, points, side;

    DEVICE_MEMBER u64 index(u32 inner, u32 neighbour) const { return ((u64)high << (low + points)) + ((u64)inner << low) + offset + neighbour; }
};

DEVICE Tile tile_of(u32 log_size, u32 low, u32 points, u32 side)
{
    u32 log_offsets = low - side;
    return {block_x() >> log_offsets, (block_x() & ((1u << log_offsets) - 1)) << side, log_size, low, points, side};
}

// The factor between passes, before a pass in time and after one in frequency.
template <class Prime, bool INVERSE>
DEVICE Element<Prime> between(Roots<Prime> roots, const Tile &tile, u32 inner, u32 neighbour)
{
    return root_power<Prime, INVERSE>(roots, tile.low + tile.points, (tile.offset + neighbour) * reversed(inner, tile.points));
}

template <class Prime, bool INVERSE, bool IN_TIME>
DEVICE void pass(u32 *target, const u32 *source, u64 target_stride, u64 source_stride, u32 log_size, u32 low, u32 points, u32 side, u32 is_reversed, Roots<Prime> roots)
{
    auto *shared = shared_memory<Element<Prime>>();
    Tile tile = tile_of(log_size, low, points, side);
    auto *from = reinterpret_cast<const Element<Prime> *>(source) + block_y() * source_stride;
    auto *to = reinterpret_cast<Element<Prime> *>(target) + block_y() * target_stride;
    u32 count = 1u << (points + side), sides = (1u << side) - 1;
    for (u32 i = thread_x(); i < count; i += TILE_THREADS)
    {
        u32 inner = i >> side, neighbour = i & sides;
        Element<Prime> x = from[tile.index(inner, neighbour)];
        if (IN_TIME && low != 0) x = x * between<Prime, INVERSE>(roots, tile, inner, neighbour);
        shared[padded(i)] = x;
    }
    sync_threads();
    transform_tile<Prime, INVERSE, IN_TIME>(shared, points, side, roots);
    if (is_reversed)
    {
        // The pass of the highest bits: what is at inner 2^low + offset goes to the reverse of that.
        for (u32 i = thread_x(); i < count; i += TILE_THREADS)
        {
            u32 neighbour = i >> points, place = i & ((1u << points) - 1);
            to[((u64)reversed(tile.offset + neighbour, low) << points) + place] = shared[padded((reversed(place, points) << side) + neighbour)];
        }
        return;
    }
    for (u32 i = thread_x(); i < count; i += TILE_THREADS)
    {
        u32 inner = i >> side, neighbour = i & sides;
        Element<Prime> x = shared[padded(i)];
        if (!IN_TIME && low != 0) x = x * between<Prime, INVERSE>(roots, tile, inner, neighbour);
        to[tile.index(inner, neighbour)] = x;
    }
}

// The pass in which coefficients are reached and left: the last of an inverse transform, a factor for each coefficient, and the first of
// a transform to each of some cosets. From natural order (FROM_NATURAL) the coefficients come in bit-reversed order, in tiles of
// the lowest bits; from bit-reversed order they come in natural order, in tiles of the highest. A coefficient's factor is
// inner_factors[coset][inner] times outer_factors[coset][outer], outer being the tile's other index.
template <class Prime, bool FROM_NATURAL>
DEVICE void turn(
    u32 *target, const u32 *source, u64 target_stride, u64 source_stride, u64 coset_stride, u32 log_size, u32 low, u32 points, u32 side, u32 parts, u32 cosets,
    const u32 *inner_factors, const u32 *outer_factors, u32 is_reversed, Roots<Prime> roots)
{
    constexpr u32 INVERT = 1, EVALUATE = 2;
    auto *shared = shared_memory<Element<Prime>>();
    Tile tile = tile_of(log_size, low, points, side);
    auto *from = reinterpret_cast<const Element<Prime> *>(source) + block_y() * source_stride;
    u32 count = 1u << (points + side), sides = (1u << side) - 1, outers = 1u << (log_size - points);
    for (u32 i = thread_x(); i < count; i += TILE_THREADS)
    {
        u32 inner = i >> side, neighbour = i & sides;
        Element<Prime> x = from[tile.index(inner, neighbour)];
        if (!FROM_NATURAL && (parts & INVERT) && low != 0) x = x * between<Prime, true>(roots, tile, inner, neighbour);
        shared[padded(i)] = x;
    }
    sync_threads();
    if (parts & INVERT) transform_tile<Prime, true, !FROM_NATURAL>(shared, points, side, roots);
    Element<Prime> coefficients[PER_THREAD];
    UNROLL for (u32 k = 0; k < PER_THREAD; k++)
        if (u32 i = thread_x() + k * TILE_THREADS; i < count) coefficients[k] = shared[padded(i)];
    for (u32 coset = 0; coset < cosets; coset++)
    {
        UNROLL for (u32 k = 0; k < PER_THREAD; k++)
        {
            u32 i = thread_x() + k * TILE_THREADS;
            if (i >= count) continue;
            u32 outer = FROM_NATURAL ? tile.high : tile.offset + (i & sides);
            Element<Prime> inner = {inner_factors[(coset << points) + (i >> side)]}, other = {outer_factors[(u64)coset * outers + outer]};
            shared[padded(i)] = coefficients[k] * (inner * other);
        }
        sync_threads();
        if (parts & EVALUATE) transform_tile<Prime, false, FROM_NATURAL>(shared, points, side, roots);
        auto *to = reinterpret_cast<Element<Prime> *>(target) + block_y() * target_stride + coset * coset_stride;
        for (u32 i = thread_x(); i < count; i += TILE_THREADS)
        {
            u32 inner = i >> side, neighbour = i & sides;
            if (is_reversed)
            {
                // Only where a tile is a whole column.
                to[i] = shared[padded(reversed(i, points))];
                continue;
            }
            Element<Prime> x = shared[padded(i)];
            if (!FROM_NATURAL && (parts & EVALUATE) && low != 0) x = x * between<Prime, false>(roots, tile, inner, neighbour);
            to[tile.index(inner, neighbour)] = x;
        }
        sync_threads();
    }
}

// A chunk of a quotient with its mask: q of coefficients in natural order becomes q + (y^N - 1) t(s y), twice as long.
template <class Prime>
DEVICE void mask_chunk(u32 *coefficients, const u32 *masks, u64 stride, u32 log_rows, u32 shift, Roots<Prime>)
{
    u64 rows = 1ull << log_rows;
    auto *column = reinterpret_cast<Element<Prime> *>(coefficients) + block_y() * stride;
    auto *mask = reinterpret_cast<const Element<Prime> *>(masks) + block_y() * rows;
    for (u64 i = global_thread(); i < rows; i += global_threads())
    {
        Element<Prime> scaled = mask[i] * power(Element<Prime>{shift}, i);
        column[i] = column[i] - scaled;
        column[rows + i] = scaled;
    }
}

// A polynomial of 2^log_window times parts coefficients in natural order to its residue modulo y^(2^log_window) - step, of as many less:
// what it is on a coset of 2^log_window points whose power that is. A column for each block in y.
template <class Prime>
DEVICE void reduce_window(u32 *target, const u32 *source, u64 target_stride, u64 source_stride, u32 log_window, u32 parts, u32 step)
{
    auto *from = reinterpret_cast<const Element<Prime> *>(source) + block_y() * source_stride;
    auto *to = reinterpret_cast<Element<Prime> *>(target) + block_y() * target_stride;
    for (u64 i = global_thread(); i < 1ull << log_window; i += global_threads())
    {
        Element<Prime> sum = from[((u64)(parts - 1) << log_window) + i];
        for (u32 part = parts - 1; part > 0; part--) sum = sum * Element<Prime>{step} + from[((u64)(part - 1) << log_window) + i];
        to[i] = sum;
    }
}

#define PROZCHAIN_PASS(name, prime, inverse, in_time) \
    KERNEL(name, TILE_THREADS, u32 *target, const u32 *source, u64 target_stride, u64 source_stride, u32 log_size, u32 low, u32 points, u32 side, u32 is_reversed, const u32 *roots) \
    { pass<prime, inverse, in_time>(target, source, target_stride, source_stride, log_size, low, points, side, is_reversed, {roots}); }
#define PROZCHAIN_TURN(name, prime, from_natural) \
    KERNEL(name, TILE_THREADS, u32 *target, const u32 *source, u64 target_stride, u64 source_stride, u64 coset_stride, u32 log_size, u32 low, u32 points, u32 side, u32 parts, \
           u32 cosets, const u32 *inner_factors, const u32 *outer_factors, u32 is_reversed, const u32 *roots) \
    { turn<prime, from_natural>(target, source, target_stride, source_stride, coset_stride, log_size, low, points, side, parts, cosets, inner_factors, outer_factors, is_reversed, {roots}); }

PROZCHAIN_PASS(koalabear_invert_frequency, KoalaBear, true, false)
PROZCHAIN_PASS(koalabear_invert_time, KoalaBear, true, true)
PROZCHAIN_PASS(koalabear_evaluate_frequency, KoalaBear, false, false)
PROZCHAIN_PASS(koalabear_evaluate_time, KoalaBear, false, true)
PROZCHAIN_TURN(koalabear_turn_natural, KoalaBear, true)
PROZCHAIN_TURN(koalabear_turn_reversed, KoalaBear, false)
PROZCHAIN_PASS(babybear_invert_frequency, BabyBear, true, false)
PROZCHAIN_PASS(babybear_invert_time, BabyBear, true, true)
PROZCHAIN_PASS(babybear_evaluate_frequency, BabyBear, false, false)
PROZCHAIN_PASS(babybear_evaluate_time, BabyBear, false, true)
PROZCHAIN_TURN(babybear_turn_natural, BabyBear, true)
PROZCHAIN_TURN(babybear_turn_reversed, BabyBear, false)

KERNEL(koalabear_mask_chunk, 256, u32 *coefficients, const u32 *masks, u64 stride, u32 log_rows, u32 shift) { mask_chunk<KoalaBear>(coefficients, masks, stride, log_rows, shift, {}); }
KERNEL(babybear_mask_chunk, 256, u32 *coefficients, const u32 *masks, u64 stride, u32 log_rows, u32 shift) { mask_chunk<BabyBear>(coefficients, masks, stride, log_rows, shift, {}); }

#define PROZCHAIN_WINDOW(name, prime) \
    KERNEL(name, 256, u32 *target, const u32 *source, u64 target_stride, u64 source_stride, u32 log_window, u32 parts, u32 step) \
    { reduce_window<prime>(target, source, target_stride, source_stride, log_window, parts, step); }
PROZCHAIN_WINDOW(koalabear_reduce_window, KoalaBear)
PROZCHAIN_WINDOW(babybear_reduce_window, BabyBear)
