// Keccak-256 with the original padding (0x01), rate 136 bytes. A lane is two words, so that each logical operation of three inputs and
// each funnel shift is one instruction: a round has 70 of the first for theta, 10 + 48 shifts, 50 for chi and 2 for iota, 180 in all.
#pragma once

#include "tree.cuh"

struct KeccakConstants
{
    u32 low[24], high[24];
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
            if ((shift & 1) != 0) (bit < 32 ? constants.low : constants.high)[round] |= 1u << bit % 32;
        }
    return constants;
}

CONSTANT KeccakConstants KECCAK_ROUNDS = keccak_constants();

// Low and high words apart, never as lanes of 64 bits, which a compiler would put together and take apart again.
struct KeccakState
{
    u32 low[25], high[25];
};

DEVICE void rotate_lane(u32 &to_low, u32 &to_high, u32 low, u32 high, u32 bits)
{
    u32 first = bits < 32 ? low : high, second = bits < 32 ? high : low;
    to_low = bits % 32 == 0 ? first : funnel_left(second, first, bits % 32);
    to_high = bits % 32 == 0 ? second : funnel_left(first, second, bits % 32);
}

DEVICE void keccak_parities(const KeccakState &a, u32 (&low)[5], u32 (&high)[5])
{
    UNROLL for (u32 x = 0; x < 5; x++)
    {
        low[x] = xor3(xor3(a.low[x], a.low[x + 5], a.low[x + 10]), a.low[x + 15], a.low[x + 20]);
        high[x] = xor3(xor3(a.high[x], a.high[x + 5], a.high[x + 10]), a.high[x + 15], a.high[x + 20]);
    }
}

// From the state's parities.
DEVICE void keccak_theta(KeccakState &a, const u32 (&low)[5], const u32 (&high)[5])
{
    UNROLL for (u32 x = 0; x < 5; x++)
    {
        u32 left = (x + 4) % 5, right = (x + 1) % 5, right_low, right_high;
        rotate_lane(right_low, right_high, low[right], high[right], 1);
        UNROLL for (u32 i = x; i < 25; i += 5) a.low[i] = xor3(a.low[i], low[left], right_low), a.high[i] = xor3(a.high[i], high[left], right_high);
    }
}

// rho and pi.
DEVICE void keccak_move(KeccakState &b, const KeccakState &a)
{
    // rho's offsets, lane x + 5 y.
    constexpr u32 OFFSETS[25] = {0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14};
    UNROLL for (u32 x = 0; x < 5; x++)
        UNROLL for (u32 y = 0; y < 5; y++)
        {
            u32 from = x + 5 * y, to = y + 5 * ((2 * x + 3 * y) % 5);
            rotate_lane(b.low[to], b.high[to], a.low[from], a.high[from], OFFSETS[from]);
        }
}

DEVICE void keccak_chi(KeccakState &a, const KeccakState &b)
{
    UNROLL for (u32 y = 0; y < 25; y += 5)
        UNROLL for (u32 x = 0; x < 5; x++)
        {
            u32 here = y + x, next = y + (x + 1) % 5, over = y + (x + 2) % 5;
            a.low[here] = xor_and_not(b.low[here], b.low[over], b.low[next]);
            a.high[here] = xor_and_not(b.high[here], b.high[over], b.high[next]);
        }
}

DEVICE void keccak_round(KeccakState &a, u32 round)
{
    u32 low[5], high[5];
    KeccakState b;
    keccak_parities(a, low, high);
    keccak_theta(a, low, high);
    keccak_move(b, a);
    keccak_chi(a, b);
    a.low[0] ^= KECCAK_ROUNDS.low[round];
    a.high[0] ^= KECCAK_ROUNDS.high[round];
}

DEVICE void keccak_permute(KeccakState &a)
{
    NO_UNROLL for (u32 round = 0; round < 24; round++) keccak_round(a, round);
}

// Only the digest is asked for: the last round stands alone, and what it makes of the other lanes is never computed.
DEVICE Digest keccak_digest(KeccakState &a)
{
    NO_UNROLL for (u32 round = 0; round < 23; round++) keccak_round(a, round);
    keccak_round(a, 23);
    return {{a.low[0], a.high[0], a.low[1], a.high[1], a.low[2], a.high[2], a.low[3], a.high[3]}};
}

struct Keccak
{
    static constexpr u32 BLOCK = 34;
    // Its input is canonical integers; its end is a block that may be empty of them.
    static constexpr bool IS_OF_BYTES = true, PADS = true;

    KeccakState a;

    DEVICE_MEMBER void start()
    {
        UNROLL for (u32 i = 0; i < 25; i++) a.low[i] = a.high[i] = 0;
    }

    DEVICE_MEMBER void load(KeptState place)
    {
        place.load(a.low);
        place.load(a.high, 25);
    }

    DEVICE_MEMBER void store(KeptState place) const
    {
        place.store(a.low);
        place.store(a.high, 25);
    }

    DEVICE_MEMBER void add(const u32 (&block)[BLOCK])
    {
        UNROLL for (u32 i = 0; i < BLOCK / 2; i++) a.low[i] ^= block[2 * i], a.high[i] ^= block[2 * i + 1];
    }

    DEVICE_MEMBER void absorb(const u32 (&block)[BLOCK], u32, KeptState)
    {
        add(block);
        keccak_permute(a);
    }

    DEVICE_MEMBER Digest finish(const u32 (&block)[BLOCK], u32 left, u32, KeptState)
    {
        add(block);
        UNROLL for (u32 i = 0; i < BLOCK / 2; i++) a.low[i] ^= left == 2 * i, a.high[i] ^= left == 2 * i + 1;
        a.high[16] ^= 0x80000000u;
        return keccak_digest(a);
    }

    DEVICE_MEMBER Digest pair(Digest left, Digest right)
    {
        start();
        UNROLL for (u32 i = 0; i < 4; i++)
        {
            a.low[i] = left.at[2 * i], a.high[i] = left.at[2 * i + 1];
            a.low[i + 4] = right.at[2 * i], a.high[i + 4] = right.at[2 * i + 1];
        }
        a.low[8] = 1;
        a.high[16] = 0x80000000u;
        return keccak_digest(a);
    }
};
