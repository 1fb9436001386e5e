// The trace of Airs/Poseidon2Air.cs: a thread for each permutation of a row. Every layer is needed as elements in Montgomery form, so that
// the scales of poseidon2.cu would be multiplied back at each: here there are none.
//
// 8 full rounds of 16 S-boxes, 9 external and some internal matrices; KoalaBear writes 164 columns, BabyBear, with a cube for each S-box, 298.
#include "sponge.cuh"
#include "traces.cuh"

template <class P, u32 PARTIAL, bool HAS_CUBES>
struct TracedPoseidon2
{
    using E = Element<P>;
    static constexpr u32 WIDTH = 16, HALF = 4, FULL = HALF * WIDTH, DIAGONAL = 2 * FULL + PARTIAL;

    // circ(2, 3, 1, 1) on each four, then to each the sum over all fours.
    DEVICE_MEMBER static void external(E (&s)[WIDTH])
    {
        E sum[4];
        UNROLL for (u32 i = 0; i < WIDTH; i += 4)
        {
            E ab = s[i] + s[i + 1], bc = s[i + 1] + s[i + 2], cd = s[i + 2] + s[i + 3], da = s[i + 3] + s[i], all = ab + cd;
            E four[4] = {all + ab + s[i + 1], all + bc + s[i + 2], all + cd + s[i + 3], all + da + s[i]};
            UNROLL for (u32 j = 0; j < 4; j++) s[i + j] = four[j], sum[j] = i == 0 ? four[j] : sum[j] + four[j];
        }
        UNROLL for (u32 i = 0; i < WIDTH; i++) s[i] = s[i] + sum[i % 4];
    }

    DEVICE_MEMBER static void internal(E (&s)[WIDTH], const u32 *diagonal)
    {
        E sum = s[0];
        UNROLL for (u32 i = 1; i < WIDTH; i++) sum = sum + s[i];
        UNROLL for (u32 i = 0; i < WIDTH; i++) s[i] = sum + s[i] * E{diagonal[i]};
    }

    DEVICE_MEMBER static E box(E x, E cube) { return HAS_CUBES ? cube * cube * x : cube; }

    DEVICE_MEMBER static void full_rounds(E (&s)[WIDTH], const u32 *constants, RowWriter<P> &cells)
    {
        NO_UNROLL for (u32 round = 0; round < HALF; round++)
        {
            UNROLL for (u32 i = 0; i < WIDTH; i++)
            {
                E x = s[i] + E{constants[round * WIDTH + i]}, cube = x * x * x;
                if (HAS_CUBES) cells.put(cube);
                s[i] = box(x, cube);
            }
            external(s);
            UNROLL for (u32 i = 0; i < WIDTH; i++) cells.put(s[i]);
        }
    }

    DEVICE_MEMBER static void permute(E (&s)[WIDTH], const u32 *constants, RowWriter<P> &cells)
    {
        UNROLL for (u32 i = 0; i < WIDTH; i++) cells.put(s[i]);
        external(s);
        full_rounds(s, constants, cells);
        u32 diagonal[WIDTH];
        UNROLL for (u32 i = 0; i < WIDTH; i++) diagonal[i] = constants[DIAGONAL + i];
        NO_UNROLL for (u32 round = 0; round < PARTIAL; round++)
        {
            E x = s[0] + E{constants[FULL + round]}, cube = x * x * x;
            if (HAS_CUBES) cells.put(cube);
            s[0] = box(x, cube);
            cells.put(s[0]);
            internal(s, diagonal);
        }
        full_rounds(s, constants + FULL + PARTIAL, cells);
    }

    // Of a grid whose blocks in y are the permutations of a row; those beyond the count are of zeros, for which nobody asks.
    DEVICE_MEMBER static void write(
        u32 *target, u64 stride, u32 height, u32 permutations, const u32 *inputs, u64 count, u32 is_on_bus, const u32 *asked, const u32 *constants)
    {
        constexpr u32 COLUMNS = WIDTH + (HAS_CUBES ? 2 : 1) * (2 * FULL + PARTIAL);
        u64 row = global_thread(), at = row * permutations + block_y();
        if (row >= height) return;
        E s[WIDTH];
        UNROLL for (u32 i = 0; i < WIDTH; i += 4)
        {
            u32 four[4] = {0, 0, 0, 0};
            if (at < count) load_constants(four, inputs + at * WIDTH + i);
            UNROLL for (u32 j = 0; j < 4; j++) s[i + j] = {four[j]};
        }
        RowWriter<P> cells = {target + block_y() * (COLUMNS + is_on_bus) * stride + row, stride};
        permute(s, constants, cells);
        if (is_on_bus == 0) return;
        cells.put(at >= count ? E{0} : asked == nullptr ? one<P>() : of_integer<P>(asked[at]));
    }
};

#define PROZCHAIN_TRACE(name, traced) \
    KERNEL(name, 128, u32 *target, u64 stride, u32 height, u32 permutations, const u32 *inputs, u64 count, u32 is_on_bus, const u32 *asked, const u32 *constants) \
    { traced::write(target, stride, height, permutations, inputs, count, is_on_bus, asked, constants); }

using TracedKoalaBear = TracedPoseidon2<KoalaBear, 20, false>;
using TracedBabyBear = TracedPoseidon2<BabyBear, 13, true>;
PROZCHAIN_TRACE(koalabear_poseidon2_trace, TracedKoalaBear)
PROZCHAIN_TRACE(babybear_poseidon2_trace, TracedBabyBear)
