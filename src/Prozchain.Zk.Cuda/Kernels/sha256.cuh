// SHA-256 (FIPS 180-4). A round is 6 rotations, 4 logical operations of three inputs and 4 additions (of up to three terms); a word of the
// schedule 4 rotations, 2 shifts, 2 logical operations and 2 additions: 64 and 48 of them a block of 64 bytes, 1376 in all.
#pragma once

#include "tree.cuh"

CONSTANT constexpr u32 SHA256_START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

CONSTANT constexpr u32 SHA256_ROUNDS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

DEVICE u32 rotate_right(u32 value, u32 bits) { return rotate_left(value, 32 - bits); }

// All rounds stand one after the other: their constants are immediates, and what is known of a block is folded.
DEVICE void sha256_compress(u32 (&h)[8], u32 (&w)[16])
{
    u32 v[8];
    UNROLL for (u32 i = 0; i < 8; i++) v[i] = h[i];
    UNROLL for (u32 round = 0; round < 64; round++)
    {
        u32 &word = w[round % 16];
        if (round >= 16)
        {
            u32 late = w[(round + 14) % 16], early = w[(round + 1) % 16];
            word += w[(round + 9) % 16] + xor3(rotate_right(late, 17), rotate_right(late, 19), late >> 10) + xor3(rotate_right(early, 7), rotate_right(early, 18), early >> 3);
        }
        // The roles of the eight go round, not their values.
        u32 a = v[(64 - round) % 8], b = v[(65 - round) % 8], c = v[(66 - round) % 8], e = v[(68 - round) % 8], f = v[(69 - round) % 8], g = v[(70 - round) % 8];
        u32 sum = v[(71 - round) % 8] + (SHA256_ROUNDS[round] + word) + choose(e, f, g) + xor3(rotate_right(e, 6), rotate_right(e, 11), rotate_right(e, 25));
        v[(67 - round) % 8] += sum;
        v[(71 - round) % 8] = sum + majority(a, b, c) + xor3(rotate_right(a, 2), rotate_right(a, 13), rotate_right(a, 22));
    }
    UNROLL for (u32 i = 0; i < 8; i++) h[i] += v[i];
}

struct Sha256
{
    static constexpr u32 BLOCK = 16;
    static constexpr bool IS_OF_BYTES = true, PADS = true;

    u32 h[8];

    DEVICE_MEMBER void start()
    {
        UNROLL for (u32 i = 0; i < 8; i++) h[i] = SHA256_START[i];
    }

    DEVICE_MEMBER void load(KeptState place) { place.load(h); }

    DEVICE_MEMBER void store(KeptState place) const { place.store(h); }

    DEVICE_MEMBER void absorb(const u32 (&block)[BLOCK], u32, KeptState)
    {
        u32 w[16];
        UNROLL for (u32 i = 0; i < 16; i++) w[i] = byte_swap(block[i]);
        sha256_compress(h, w);
    }

    DEVICE_MEMBER Digest finish(const u32 (&block)[BLOCK], u32 left, u32 position, KeptState)
    {
        u32 w[16];
        UNROLL for (u32 i = 0; i < 16; i++) w[i] = i == left ? 0x80000000u : byte_swap(block[i]);
        u32 bits = 32 * (position + left);
        // The length needs two words more, or a block more.
        NO_UNROLL for (u32 blocks = left < 14 ? 1 : 2; blocks > 0; blocks--)
        {
            if (blocks == 1) w[15] = bits;
            sha256_compress(h, w);
            UNROLL for (u32 i = 0; i < 16; i++) w[i] = 0;
        }
        return digest();
    }

    DEVICE_MEMBER Digest pair(Digest left, Digest right)
    {
        u32 w[16];
        start();
        UNROLL for (u32 i = 0; i < 8; i++) w[i] = byte_swap(left.at[i]), w[i + 8] = byte_swap(right.at[i]);
        sha256_compress(h, w);
        // The padding's schedule is known to the compiler.
        UNROLL for (u32 i = 0; i < 16; i++) w[i] = i == 0 ? 0x80000000u : i == 15 ? 512 : 0;
        sha256_compress(h, w);
        return digest();
    }

    DEVICE_MEMBER Digest digest() const
    {
        Digest result;
        UNROLL for (u32 i = 0; i < 8; i++) result.at[i] = byte_swap(h[i]);
        return result;
    }
};
