// The trace of Airs/KeccakAir.cs: a thread for each row, which is a round of 24. What stands before its round it computes again, in fewer
// instructions than its 2633 cells take.
#include "keccak.cuh"
#include "traces.cuh"

template <class Prime>
DEVICE void keccak_trace(u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{
    u64 row = global_thread();
    if (row >= height) return;
    u32 permutation = (u32)row / 24, round = (u32)row % 24;
    bool is_given = permutation < count;
    // Lanes, and how often the permutation is asked for.
    const u32 *input = inputs + (u64)permutation * 51;
    RowWriter<Prime> cells = {target + row, stride};
    NO_UNROLL for (u32 i = 0; i < 24; i++) cells.bit(i == round ? 1 : 0);
    cells.integer(is_given && round == 23 ? input[50] : 0);

    KeccakState a, b;
    UNROLL for (u32 lane = 0; lane < 25; lane++)
    {
        a.low[lane] = is_given ? input[2 * lane] : 0;
        a.high[lane] = is_given ? input[2 * lane + 1] : 0;
        cells.limbs(a.low[lane]);
        cells.limbs(a.high[lane]);
    }
    NO_UNROLL for (u32 i = 0; i < round; i++) keccak_round(a, i);
    UNROLL for (u32 lane = 0; lane < 25; lane++) cells.limbs(a.low[lane]), cells.limbs(a.high[lane]);

    u32 low[5], high[5];
    keccak_parities(a, low, high);
    UNROLL for (u32 x = 0; x < 5; x++) cells.bits(low[x]), cells.bits(high[x]);
    keccak_theta(a, low, high);
    keccak_parities(a, low, high);
    UNROLL for (u32 x = 0; x < 5; x++) cells.bits(low[x]), cells.bits(high[x]);
    UNROLL for (u32 lane = 0; lane < 25; lane++) cells.bits(a.low[lane]), cells.bits(a.high[lane]);

    keccak_move(b, a);
    keccak_chi(a, b);
    UNROLL for (u32 lane = 0; lane < 25; lane++) cells.limbs(a.low[lane]), cells.limbs(a.high[lane]);
    cells.bits(a.low[0]);
    cells.bits(a.high[0]);
    cells.limbs(a.low[0] ^ KECCAK_ROUNDS.low[round]);
    cells.limbs(a.high[0] ^ KECCAK_ROUNDS.high[round]);
}

KERNEL(koalabear_keccak_trace, 128, u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{ keccak_trace<KoalaBear>(target, stride, height, inputs, count); }
KERNEL(babybear_keccak_trace, 128, u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{ keccak_trace<BabyBear>(target, stride, height, inputs, count); }
