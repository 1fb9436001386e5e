// BLAKE3 (specification 20211102), plain mode. A compression is 7 rounds of 8 mixings, each of 4 additions (two of three terms), 4
// exclusive ors and 4 rotations, and 8 exclusive ors at the end: 680 in all for 64 bytes.
#pragma once

#include "tree.cuh"

CONSTANT constexpr u32 BLAKE3_START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

struct Blake3Schedule
{
    u8 at[7][16];
};

// Which word each mixing of a round takes.
constexpr Blake3Schedule blake3_schedule()
{
    constexpr u8 permutation[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    Blake3Schedule schedule = {};
    for (u32 i = 0; i < 16; i++) schedule.at[0][i] = (u8)i;
    for (u32 round = 1; round < 7; round++)
        for (u32 i = 0; i < 16; i++) schedule.at[round][i] = schedule.at[round - 1][permutation[i]];
    return schedule;
}

// Half of a mixing, whose rotations are to the left.
DEVICE void blake3_half(u32 &a, u32 &b, u32 &c, u32 &d, u32 x, u32 of_d, u32 of_b)
{
    a += b + x;
    d = rotate_left(d ^ a, of_d);
    c += d;
    b = rotate_left(b ^ c, of_b);
}

DEVICE void blake3_mix(u32 &a, u32 &b, u32 &c, u32 &d, u32 x, u32 y)
{
    blake3_half(a, b, c, d, x, 16, 20);
    blake3_half(a, b, c, d, y, 24, 25);
}

DEVICE void blake3_compress(u32 (&cv)[8], const u32 (&block)[16], u32 chunk, u32 length, u32 flags)
{
    constexpr Blake3Schedule SCHEDULE = blake3_schedule();
    u32 v[16];
    UNROLL for (u32 i = 0; i < 8; i++) v[i] = cv[i], v[i + 8] = BLAKE3_START[i % 4];
    v[12] = chunk, v[13] = 0, v[14] = length, v[15] = flags;
    UNROLL for (u32 round = 0; round < 7; round++)
        UNROLL for (u32 i = 0; i < 8; i++)
        {
            // Columns, then diagonals.
            u32 turn = i / 4;
            blake3_mix(
                v[i % 4], v[4 + (i + turn) % 4], v[8 + (i + 2 * turn) % 4], v[12 + (i + 3 * turn) % 4], block[SCHEDULE.at[round][2 * i]], block[SCHEDULE.at[round][2 * i + 1]]);
        }
    UNROLL for (u32 i = 0; i < 8; i++) cv[i] = v[i] ^ v[i + 8];
}

// The chaining values of whole subtrees, of 2^i chunks each, are kept: which of them stand is told by the number of chunks.
struct Blake3
{
    static constexpr u32 BLOCK = 16, CHUNK = 256;
    static constexpr u32 CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8;
    static constexpr bool IS_OF_BYTES = true, PADS = false;

    u32 cv[8];

    // Pieces of rows end where chunks do, and then there is nothing but subtrees.
    DEVICE_MEMBER void start() {}
    DEVICE_MEMBER void load(KeptState) {}
    DEVICE_MEMBER void store(KeptState) const {}

    DEVICE_MEMBER void begin()
    {
        UNROLL for (u32 i = 0; i < 8; i++) cv[i] = BLAKE3_START[i];
    }

    DEVICE_MEMBER void absorb(const u32 (&block)[BLOCK], u32 position, KeptState place)
    {
        bool is_first = position % CHUNK == 0, is_last = position % CHUNK == CHUNK - BLOCK;
        if (is_first) begin();
        blake3_compress(cv, block, position / CHUNK, 64, (is_first ? CHUNK_START : 0) | (is_last ? CHUNK_END : 0));
        if (!is_last) return;
        u32 level = 0;
        NO_UNROLL for (u32 chunks = position / CHUNK; (chunks & 1) != 0; chunks >>= 1) merge(place, level++, 0);
        place.store(cv, 8 * level);
    }

    DEVICE_MEMBER Digest finish(const u32 (&block)[BLOCK], u32 left, u32 position, KeptState place)
    {
        u32 chunk = position / CHUNK;
        bool is_first = position % CHUNK == 0;
        if (is_first) begin();
        blake3_compress(cv, block, chunk, 4 * left, (is_first ? CHUNK_START : 0) | CHUNK_END | (chunk == 0 ? ROOT : 0));
        NO_UNROLL for (u32 level = 0; chunk != 0; chunk >>= 1, level++)
            if ((chunk & 1) != 0) merge(place, level, chunk == 1 ? ROOT : 0);
        return digest();
    }

    // The parent of a subtree that is kept and of the one that has just been made.
    DEVICE_MEMBER void merge(KeptState place, u32 level, u32 flags)
    {
        u32 left[8], children[16];
        place.load(left, 8 * level);
        UNROLL for (u32 i = 0; i < 8; i++) children[i] = left[i], children[i + 8] = cv[i];
        begin();
        blake3_compress(cv, children, 0, 64, PARENT | flags);
    }

    DEVICE_MEMBER Digest pair(Digest left, Digest right)
    {
        u32 block[16];
        begin();
        UNROLL for (u32 i = 0; i < 8; i++) block[i] = left.at[i], block[i + 8] = right.at[i];
        blake3_compress(cv, block, 0, 64, CHUNK_START | CHUNK_END | ROOT);
        return digest();
    }

    DEVICE_MEMBER Digest digest() const { return {{cv[0], cv[1], cv[2], cv[3], cv[4], cv[5], cv[6], cv[7]}}; }
};
