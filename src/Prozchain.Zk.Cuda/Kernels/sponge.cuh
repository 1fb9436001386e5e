// A tree of digests of eight elements: rows by an overwriting sponge of rate WIDTH - 8, pairs by a permutation cut short.
#pragma once

#include "tree.cuh"

// For x below 2^64 - 2^32 p a number that is x / 2^32 mod p, below x / 2^32 + p: two products.
template <class Prime>
DEVICE u32 fold(u64 x)
{
    return (u32)(mul_add_wide(mul_low((u32)x, 0 - Prime::MU), Prime::P, x) >> 32);
}

// Below 2 p to below p.
template <class Prime>
DEVICE u32 clamp(u32 x) { return min_u32(x, x - Prime::P); }

// A product of factors whose product is below 2 p^2, less 2^32: below 2 p.
template <class Prime>
DEVICE u32 fold_product(u32 a, u32 b) { return fold<Prime>(mul_wide(a, b)); }

// Four constants at once; the address is a multiple of 16.
DEVICE void load_constants(u32 *values, const u32 *constants)
{
    FourWords four = *reinterpret_cast<const FourWords *>(constants);
    UNROLL for (u32 i = 0; i < 4; i++) values[i] = four.at[i];
}

// x^3 for KoalaBear, x^7 for BabyBear, divided by 2^32 once for each product; x below p + 64, the power below 2 p.
template <class Prime>
DEVICE u32 power_box(u32 x)
{
    u32 cube = fold_product<Prime>(fold_product<Prime>(x, x), x);
    if constexpr (Prime::P == KoalaBear::P) return cube;
    cube = clamp<Prime>(cube);
    return fold_product<Prime>(fold_product<Prime>(cube, cube), x);
}

template <class Permutation>
struct Sponge
{
    static constexpr u32 WIDTH = Permutation::WIDTH, BLOCK = WIDTH - 8;
    static constexpr bool IS_OF_BYTES = false, PADS = false;
    using Prime = typename Permutation::Prime;

    const u32 *constants;
    u32 state[WIDTH];

    DEVICE_MEMBER explicit Sponge(const u32 *table) : constants(table) {}

    DEVICE_MEMBER void start()
    {
        UNROLL for (u32 i = 0; i < WIDTH; i++) state[i] = 0;
    }

    DEVICE_MEMBER void load(KeptState place) { place.load(state); }

    DEVICE_MEMBER void store(KeptState place) const { place.store(state); }

    DEVICE_MEMBER void absorb(const u32 (&block)[BLOCK], u32, KeptState)
    {
        UNROLL for (u32 i = 0; i < BLOCK; i++) state[i] = block[i];
        Permutation::permute(state, constants);
    }

    // A last block that is short overwrites its own places only.
    DEVICE_MEMBER Digest finish(const u32 (&block)[BLOCK], u32 left, u32, KeptState)
    {
        UNROLL for (u32 i = 0; i < BLOCK; i++) state[i] = i < left ? block[i] : state[i];
        Permutation::permute(state, constants);
        Digest digest;
        UNROLL for (u32 i = 0; i < 8; i++) digest.at[i] = canonical(Element<Prime>{state[i]});
        return digest;
    }

    DEVICE_MEMBER Digest pair(Digest left, Digest right)
    {
        start();
        UNROLL for (u32 i = 0; i < 8; i++) state[i] = Permutation::enter(left.at[i]), state[i + 8] = Permutation::enter(right.at[i]);
        Permutation::permute(state, constants);
        Digest digest;
        UNROLL for (u32 i = 0; i < 8; i++) digest.at[i] = Permutation::leave(state[i]);
        return digest;
    }
};
