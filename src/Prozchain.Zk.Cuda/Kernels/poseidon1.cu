// Rows and pairs by Poseidon (eprint 2019/458): in each round constants, the S-box on all elements or on the first, a circulant matrix.
#include "sponge.cuh"

template <class P, u32 W, u32 PARTIAL>
struct Poseidon1
{
    using Prime = P;
    static constexpr u32 WIDTH = W, HALF = 4, ROUNDS = 2 * HALF + PARTIAL;

    // Pairs are canonical integers, states in Montgomery form.
    DEVICE_MEMBER static u32 leave(u32 word) { return canonical(Element<P>{word}); }
    DEVICE_MEMBER static u32 enter(u32 word) { return clamp<P>(fold_product<P>(word, square())); }

    // 2^64 mod p.
    DEVICE_MEMBER static constexpr u32 square() { return (u32)((u64)P::ONE * P::ONE % P::P); }

    // Elements below p before and after. The table is a state's worth for each round, then the matrix's first row.
    DEVICE_MEMBER static void permute(u32 (&s)[W], const u32 *constants)
    {
        u32 row[W];
        UNROLL for (u32 i = 0; i < W; i += 4) load_constants(row + i, constants + ROUNDS * W + i);
        NO_UNROLL for (u32 round = 0; round < ROUNDS; round++)
        {
            UNROLL for (u32 i = 0; i < W; i += 4)
            {
                u32 c[4];
                load_constants(c, constants + round * W + i);
                UNROLL for (u32 j = 0; j < 4; j++) s[i + j] = clamp<P>(s[i + j] + c[j]);
            }
            s[0] = box(s[0]);
            if (round < HALF || round >= HALF + PARTIAL)
                UNROLL for (u32 i = 1; i < W; i++) s[i] = box(s[i]);
            u32 mixed[W];
            UNROLL for (u32 i = 0; i < W; i++)
            {
                // Each row is the one before moved right by one.
                u64 sum = 0;
                UNROLL for (u32 j = 0; j < W; j += 2)
                {
                    // Below 2^32 p + 2 p^2, which is below 2^64; then below 2^32 p again.
                    sum = mul_add_wide(s[j], row[(W + j - i) % W], sum);
                    sum = mul_add_wide(s[j + 1], row[(W + j + 1 - i) % W], sum);
                    sum = (u64)clamp<P>((u32)(sum >> 32)) << 32 | (u32)sum;
                }
                mixed[i] = clamp<P>(fold<P>(sum));
            }
            UNROLL for (u32 i = 0; i < W; i++) s[i] = mixed[i];
        }
    }

    DEVICE_MEMBER static u32 box(u32 x) { return clamp<P>(power_box<P>(x)); }
};

using Koala24 = Sponge<Poseidon1<KoalaBear, 24, 23>>;
using Koala16 = Sponge<Poseidon1<KoalaBear, 16, 20>>;
using Baby24 = Sponge<Poseidon1<BabyBear, 24, 21>>;
using Baby16 = Sponge<Poseidon1<BabyBear, 16, 13>>;
PROZCHAIN_ROWS(koalabear_poseidon1_rows, KoalaBear, Koala24(constants), const u32 *constants)
PROZCHAIN_NODES(koalabear_poseidon1, Koala16(constants), const u32 *constants)
PROZCHAIN_ROWS(babybear_poseidon1_rows, BabyBear, Baby24(constants), const u32 *constants)
PROZCHAIN_NODES(babybear_poseidon1, Baby16(constants), const u32 *constants)
