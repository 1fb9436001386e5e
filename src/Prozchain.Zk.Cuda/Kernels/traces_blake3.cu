// The trace of Airs/Blake3CompressionAir.cs: a thread for each row, which is a round; eight of them are a compression, the last of which is
// thrown away. What stands before its round it computes again, and at the first row of a compression all of the one before.
#include "blake3.cuh"
#include "traces.cuh"

struct TracedBlake3
{
    // Of an input: chaining value, message, counter, length, flags, and how often it is asked for.
    static constexpr u32 WORDS = 29, TAIL = 24, ASKED = 28;

    u32 v[16], m[16];

    // The b of each diagonal after its first half, in the round before.
    u32 between[4];

    DEVICE_MEMBER void start(const u32 *input, bool is_given)
    {
        UNROLL for (u32 i = 0; i < 8; i++) v[i] = is_given ? input[i] : 0;
        UNROLL for (u32 i = 0; i < 16; i++) m[i] = is_given ? input[8 + i] : 0;
        UNROLL for (u32 i = 0; i < 4; i++) v[8 + i] = BLAKE3_START[i], v[12 + i] = is_given ? input[TAIL + i] : 0;
    }

    // Both halves of the columns and the first of the diagonals are told, and then what a is in the end.
    template <class Told>
    DEVICE_MEMBER void round(Told &told)
    {
        UNROLL for (u32 i = 0; i < 4; i++)
        {
            blake3_half(v[i], v[4 + i], v[8 + i], v[12 + i], m[2 * i], 16, 20);
            told.half(v[i], v[4 + i], v[8 + i], v[12 + i]);
            blake3_half(v[i], v[4 + i], v[8 + i], v[12 + i], m[2 * i + 1], 24, 25);
            told.half(v[i], v[4 + i], v[8 + i], v[12 + i]);
        }
        UNROLL for (u32 i = 0; i < 4; i++)
        {
            u32 b = 4 + (i + 1) % 4, c = 8 + (i + 2) % 4, d = 12 + (i + 3) % 4;
            blake3_half(v[i], v[b], v[c], v[d], m[8 + 2 * i], 16, 20);
            told.half(v[i], v[b], v[c], v[d]);
            between[i] = v[b];
            blake3_half(v[i], v[b], v[c], v[d], m[9 + 2 * i], 24, 25);
        }
    }

    DEVICE_MEMBER void permute()
    {
        constexpr u8 FROM[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
        u32 moved[16];
        UNROLL for (u32 i = 0; i < 16; i++) moved[i] = m[FROM[i]];
        UNROLL for (u32 i = 0; i < 16; i++) m[i] = moved[i];
    }

    struct Silent
    {
        DEVICE_MEMBER void half(u32, u32, u32, u32) {}
    };

    DEVICE_MEMBER void rounds(u32 count)
    {
        Silent silent;
        NO_UNROLL for (u32 i = 0; i < count; i++)
        {
            round(silent);
            permute();
        }
    }
};

template <class Prime>
struct Blake3Cells
{
    RowWriter<Prime> cells;

    DEVICE_MEMBER void half(u32 a, u32 b, u32 c, u32 d)
    {
        cells.limbs(a);
        cells.bits(d);
        cells.limbs(c);
        cells.bits(b);
    }
};

template <class Prime>
DEVICE void blake3_trace(u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{
    u64 row = global_thread();
    if (row >= height) return;
    u32 compression = (u32)row / 8, turn = (u32)row % 8;
    bool is_given = compression < count;
    const u32 *input = inputs + (u64)compression * TracedBlake3::WORDS;
    TracedBlake3 state;
    if (turn == 0 && compression != 0)
    {
        state.start(input - TracedBlake3::WORDS, compression - 1 < count);
        state.rounds(8);
    }
    state.start(input, is_given);
    state.rounds(turn);

    // The xor of a and c, with c as the row before knows it; the first row has none.
    u32 output[4];
    UNROLL for (u32 i = 0; i < 4; i++)
        output[i] = row == 0 ? 0 : xor3(state.v[i], state.between[(i + 2) % 4], rotate_left(state.v[4 + (i + 3) % 4], 7));

    Blake3Cells<Prime> told = {{target + row, stride}};
    RowWriter<Prime> &cells = told.cells;
    UNROLL for (u32 i = 0; i < 8; i++) cells.bits(state.v[i]);
    UNROLL for (u32 i = 0; i < 4; i++) cells.bits(state.v[12 + i]);
    UNROLL for (u32 i = 0; i < 4; i++) cells.limbs(state.v[8 + i]);
    state.round(told);
    UNROLL for (u32 i = 0; i < 4; i++) cells.limbs(state.v[i]);
    UNROLL for (u32 i = 0; i < 16; i++) cells.limbs(state.m[i]);
    NO_UNROLL for (u32 i = 0; i < 8; i++) cells.limbs(is_given ? input[i] : 0);
    NO_UNROLL for (u32 i = 0; i < 4; i++) cells.limbs(is_given ? input[TracedBlake3::TAIL + i] : 0);
    UNROLL for (u32 i = 0; i < 4; i++) cells.limbs(output[i]);
    cells.integer(is_given && turn == 7 ? input[TracedBlake3::ASKED] : 0);
}

KERNEL(koalabear_blake3_trace, 128, u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{ blake3_trace<KoalaBear>(target, stride, height, inputs, count); }
KERNEL(babybear_blake3_trace, 128, u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{ blake3_trace<BabyBear>(target, stride, height, inputs, count); }
