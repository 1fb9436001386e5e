// Keccak-256 with the original padding (0x01), rate 136 bytes. A lane is two words, so that each logical operation of three inputs and
// each funnel shift is one instruction: a round has 70 of the first for theta, 10 + 48 shifts, 50 for chi and 2 for iota, 180 in all.
#pragma once

#include "tree.cuh"

struct Lane
{
    u32 low, high;
};

struct KeccakConstants
{
    Lane at[24];
};

// iota's constants: bit 2^j - 1 of round i's is the output 7 i + j of the register x^8 + x^6 + x^5 + x^4 + 1 (FIPS 202, 3.2.5).
constexpr KeccakConstants keccak_constants()
{
    KeccakConstants constants = {};
    u32 shift = 1;
    for (u32 round = 0; round < 24; round++)
        for (u32 j = 0; j < 7; j++, shift = shift << 1 ^ (shift >> 7) * 0x171)
        {
            u32 bit = (1u << j) - 1;
            if ((shift & 1) != 0) (bit < 32 ? constants.at[round].low : constants.at[round].high) |= 1u << bit % 32;
        }
    return constants;
}

CONSTANT constexpr KeccakConstants KECCAK_ROUNDS = keccak_constants();

DEVICE Lane rotate_left(Lane lane, u32 bits)
{
    if (bits >= 32) lane = {lane.high, lane.low};
    if (bits % 32 == 0) return lane;
    return {funnel_left(lane.high, lane.low, bits % 32), funnel_left(lane.low, lane.high, bits % 32)};
}

DEVICE Lane xor3(Lane a, Lane b, Lane c) { return {xor3(a.low, b.low, c.low), xor3(a.high, b.high, c.high)}; }

DEVICE void keccak_round(Lane (&a)[25], u32 round)
{
    // rho's offsets, lane x + 5 y.
    constexpr u32 OFFSETS[25] = {0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14};
    Lane parity[5], b[25];
    UNROLL for (u32 x = 0; x < 5; x++) parity[x] = xor3(xor3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
    UNROLL for (u32 x = 0; x < 5; x++)
    {
        Lane left = parity[(x + 4) % 5], right = rotate_left(parity[(x + 1) % 5], 1);
        UNROLL for (u32 y = 0; y < 5; y++) b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate_left(xor3(a[x + 5 * y], left, right), OFFSETS[x + 5 * y]);
    }
    UNROLL for (u32 y = 0; y < 25; y += 5)
        UNROLL for (u32 x = 0; x < 5; x++)
        {
            Lane here = b[y + x], next = b[y + (x + 1) % 5], over = b[y + (x + 2) % 5];
            a[y + x] = {xor_and_not(here.low, over.low, next.low), xor_and_not(here.high, over.high, next.high)};
        }
    a[0].low ^= KECCAK_ROUNDS.at[round].low;
    a[0].high ^= KECCAK_ROUNDS.at[round].high;
}

DEVICE void keccak_permute(Lane (&a)[25])
{
    NO_UNROLL for (u32 round = 0; round < 24; round++) keccak_round(a, round);
}

// Only the digest is asked for: the last round stands alone, and what it makes of the other lanes is never computed.
DEVICE Digest keccak_digest(Lane (&a)[25])
{
    NO_UNROLL for (u32 round = 0; round < 23; round++) keccak_round(a, round);
    keccak_round(a, 23);
    return {{a[0].low, a[0].high, a[1].low, a[1].high, a[2].low, a[2].high, a[3].low, a[3].high}};
}

struct Keccak
{
    static constexpr u32 BLOCK = 34;
    // Its input is canonical integers; its end is a block that may be empty of them.
    static constexpr bool IS_OF_BYTES = true, PADS = true;

    Lane a[25];

    DEVICE_MEMBER void start()
    {
        UNROLL for (u32 i = 0; i < 25; i++) a[i] = {0, 0};
    }

    DEVICE_MEMBER void load(KeptState place)
    {
        u32 words[50];
        place.load(words);
        UNROLL for (u32 i = 0; i < 25; i++) a[i] = {words[2 * i], words[2 * i + 1]};
    }

    DEVICE_MEMBER void store(KeptState place) const
    {
        u32 words[50];
        UNROLL for (u32 i = 0; i < 25; i++) words[2 * i] = a[i].low, words[2 * i + 1] = a[i].high;
        place.store(words);
    }

    DEVICE_MEMBER void add(const u32 (&block)[BLOCK])
    {
        UNROLL for (u32 i = 0; i < BLOCK / 2; i++) a[i].low ^= block[2 * i], a[i].high ^= block[2 * i + 1];
    }

    DEVICE_MEMBER void absorb(const u32 (&block)[BLOCK], u32, KeptState)
    {
        add(block);
        keccak_permute(a);
    }

    DEVICE_MEMBER Digest finish(const u32 (&block)[BLOCK], u32 left, u32, KeptState)
    {
        add(block);
        UNROLL for (u32 i = 0; i < BLOCK / 2; i++) a[i].low ^= left == 2 * i, a[i].high ^= left == 2 * i + 1;
        a[16].high ^= 0x80000000u;
        return keccak_digest(a);
    }

    DEVICE_MEMBER Digest pair(Digest left, Digest right)
    {
        start();
        UNROLL for (u32 i = 0; i < 4; i++) a[i] = {left.at[2 * i], left.at[2 * i + 1]}, a[i + 4] = {right.at[2 * i], right.at[2 * i + 1]};
        a[8].low = 1;
        a[16].high = 0x80000000u;
        return keccak_digest(a);
    }
};
