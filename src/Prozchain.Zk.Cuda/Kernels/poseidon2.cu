// Rows and pairs by Poseidon2 (eprint 2023/323). Elements stand multiplied by a scale that each division by 2^32 and each S-box changes:
// nothing is multiplied back before the end, as the round constants come in the scale of their round (Backend/Poseidon2Table.cs).
//
// A full round of width w: w (3 additions and minima, S-box, 2 minima and additions) and the external matrix in sums of 64 bits, about 10
// additions and 2 multiplications an element; a partial round 3 multiplications and 2 additions an element.
#include "sponge.cuh"

template <class P, u32 W, u32 PARTIAL>
struct Poseidon2
{
    using Prime = P;
    static constexpr u32 WIDTH = W, HALF = 4;

    // Where in the table things stand: full rounds, diagonal, {factor of the partial rounds' box, 2^96, last factor}, partial rounds.
    static constexpr u32 DIAGONAL = 2 * HALF * W, FACTORS = DIAGONAL + W, PARTIAL_ROUNDS = FACTORS + 4;

    // Pairs have a table for states that are canonical integers before and after.
    DEVICE_MEMBER static u32 enter(u32 word) { return word; }
    DEVICE_MEMBER static u32 leave(u32 word) { return word; }

    // The external matrix, divided by 2^32: circ(2, 3, 1, 1) on each four, then to each the sum over all fours. From below p to below p + 64.
    DEVICE_MEMBER static void external(u32 (&s)[W])
    {
        u64 column[4], sum[4];
        UNROLL for (u32 j = 0; j < 4; j++)
        {
            column[j] = 0;
            UNROLL for (u32 i = j; i < W; i += 8) column[j] += s[i] + s[i + 4];
        }
        u64 all = column[0] + column[1] + column[2] + column[3];
        UNROLL for (u32 j = 0; j < 4; j++) sum[j] = all + column[j] + 2 * column[(j + 1) % 4];
        UNROLL for (u32 i = 0; i < W; i += 4)
        {
            u32 pair[4], last[4];
            UNROLL for (u32 j = 0; j < 4; j++) pair[j] = s[i + j] + s[i + (j + 1) % 4], last[j] = s[i + (j + 1) % 4];
            u64 four = (u64)pair[0] + pair[2];
            UNROLL for (u32 j = 0; j < 4; j++) s[i + j] = fold<P>(sum[j] + four + pair[j] + last[j]);
        }
    }

    DEVICE_MEMBER static void full_rounds(u32 (&s)[W], const u32 *constants)
    {
        NO_UNROLL for (u32 round = 0; round < HALF; round++)
        {
            UNROLL for (u32 i = 0; i < W; i += 4)
            {
                u32 c[4];
                load_constants(c, constants + round * W + i);
                UNROLL for (u32 j = 0; j < 4; j++) s[i + j] = clamp<P>(power_box<P>(clamp<P>(s[i + j] + c[j])));
            }
            external(s);
        }
    }

    // Elements stay below 2 p.
    DEVICE_MEMBER static void partial_rounds(u32 (&s)[W], const u32 *constants)
    {
        u32 diagonal[W], factors[4];
        load_constants(factors, constants + FACTORS);
        UNROLL for (u32 i = 0; i < W; i += 4) load_constants(diagonal + i, constants + DIAGONAL + i);
        NO_UNROLL for (u32 round = 0; round < PARTIAL; round++)
        {
            u64 sum = 0;
            UNROLL for (u32 i = 1; i < W; i++) sum += s[i];
            s[0] = fold_product<P>(power_box<P>(clamp<P>(clamp<P>(s[0]) + constants[PARTIAL_ROUNDS + round])), factors[0]);
            u32 term = fold_product<P>(fold<P>(sum + s[0]), factors[1]);
            UNROLL for (u32 i = 0; i < W; i++) s[i] = fold<P>(mul_add_wide(s[i], diagonal[i], term));
        }
        UNROLL for (u32 i = 0; i < W; i++) s[i] = clamp<P>(s[i]);
    }

    // Elements below p before and after.
    DEVICE_MEMBER static void permute(u32 (&s)[W], const u32 *constants)
    {
        external(s);
        full_rounds(s, constants);
        partial_rounds(s, constants);
        full_rounds(s, constants + HALF * W);
        u32 factors[4];
        load_constants(factors, constants + FACTORS);
        UNROLL for (u32 i = 0; i < W; i++) s[i] = clamp<P>(fold_product<P>(s[i], factors[2]));
    }
};

using Koala24 = Sponge<Poseidon2<KoalaBear, 24, 23>>;
using Koala16 = Sponge<Poseidon2<KoalaBear, 16, 20>>;
using Baby24 = Sponge<Poseidon2<BabyBear, 24, 21>>;
using Baby16 = Sponge<Poseidon2<BabyBear, 16, 13>>;
PROZCHAIN_ROWS(koalabear_poseidon2_rows, KoalaBear, Koala24(constants), const u32 *constants)
PROZCHAIN_NODES(koalabear_poseidon2, Koala16(constants), const u32 *constants)
PROZCHAIN_ROWS(babybear_poseidon2_rows, BabyBear, Baby24(constants), const u32 *constants)
PROZCHAIN_NODES(babybear_poseidon2, Baby16(constants), const u32 *constants)
