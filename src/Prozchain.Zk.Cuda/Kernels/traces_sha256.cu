// The trace of Airs/Sha256CompressionAir.cs: a thread for each row, which is a round of 64. Every row holds the output, so that each thread
// computes all rounds.
#include "sha256.cuh"
#include "traces.cuh"

DEVICE u32 sha256_sigma(u32 x, u32 r, u32 s, u32 u) { return xor3(rotate_right(x, r), rotate_right(x, s), rotate_right(x, u)); }
DEVICE u32 sha256_small(u32 x, u32 r, u32 s, u32 u) { return xor3(rotate_right(x, r), rotate_right(x, s), x >> u); }

// A sum of words by halves, and what each half carries.
struct CarriedSum
{
    u32 low, high;

    DEVICE_MEMBER CarriedSum add(u32 word) const { return {low + (word & 0xffff), high + (word >> 16)}; }
    DEVICE_MEMBER u32 carry_low() const { return low >> 16; }
    DEVICE_MEMBER u32 carry_high() const { return (high + carry_low()) >> 16; }
    DEVICE_MEMBER u32 value() const { return low + (high << 16); }
};

struct TracedSha256
{
    // Of an input: state, block as words, and how often it is asked for.
    static constexpr u32 WORDS = 25, ASKED = 24;

    // The state, and words t to t + 15 of the schedule.
    u32 s[8], w[16];

    DEVICE_MEMBER u32 big0() const { return sha256_sigma(s[0], 2, 13, 22); }
    DEVICE_MEMBER u32 big1() const { return sha256_sigma(s[4], 6, 11, 25); }
    DEVICE_MEMBER u32 choice() const { return choose(s[4], s[5], s[6]); }
    DEVICE_MEMBER u32 most() const { return majority(s[0], s[1], s[2]); }

    DEVICE_MEMBER CarriedSum common(u32 round) const { return CarriedSum{0, 0}.add(s[7]).add(big1()).add(choice()).add(SHA256_ROUNDS[round]).add(w[0]); }
    DEVICE_MEMBER CarriedSum new_a(u32 round) const { return common(round).add(big0()).add(most()); }
    DEVICE_MEMBER CarriedSum new_e(u32 round) const { return common(round).add(s[3]); }
    DEVICE_MEMBER CarriedSum new_word() const { return CarriedSum{0, 0}.add(sha256_small(w[14], 17, 19, 10)).add(w[9]).add(sha256_small(w[1], 7, 18, 3)).add(w[0]); }

    DEVICE_MEMBER void rounds(u32 from, u32 to)
    {
        NO_UNROLL for (u32 i = from; i < to; i++)
        {
            // w[15] is there, and the word after it comes in.
            u32 sum = s[7] + big1() + choice() + SHA256_ROUNDS[i] + w[0], a = sum + big0() + most(), e = sum + s[3];
            u32 word = sha256_small(w[14], 17, 19, 10) + w[9] + sha256_small(w[1], 7, 18, 3) + w[0];
            UNROLL for (u32 j = 7; j > 0; j--) s[j] = s[j - 1];
            s[0] = a, s[4] = e;
            UNROLL for (u32 j = 0; j < 15; j++) w[j] = w[j + 1];
            w[15] = word;
        }
    }
};

template <class Prime>
struct Sha256Cells : RowWriter<Prime>
{
    using RowWriter<Prime>::bit;

    DEVICE_MEMBER void few_bits(u32 word, u32 count)
    {
        UNROLL for (u32 i = 0; i < count; i++) bit(word >> i & 1);
    }

    DEVICE_MEMBER void carries(CarriedSum sum, u32 count)
    {
        few_bits(sum.carry_low(), count);
        few_bits(sum.carry_high(), count);
    }
};

template <class Prime>
DEVICE void sha256_trace(u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{
    u64 row = global_thread();
    if (row >= height) return;
    u32 compression = (u32)row / 64, turn = (u32)row % 64;
    bool is_given = compression < count;
    const u32 *input = inputs + (u64)compression * TracedSha256::WORDS;
    TracedSha256 state;
    UNROLL for (u32 i = 0; i < 8; i++) state.s[i] = is_given ? input[i] : 0;
    UNROLL for (u32 i = 0; i < 16; i++) state.w[i] = is_given ? input[8 + i] : 0;
    state.rounds(0, turn);

    Sha256Cells<Prime> cells = {{target + row, stride}};
    const u32(&s)[8] = state.s, (&w)[16] = state.w;
    UNROLL for (u32 i = 0; i < 3; i++) cells.bits(s[i]);
    UNROLL for (u32 i = 4; i < 7; i++) cells.bits(s[i]);
    cells.limbs(s[3]);
    cells.limbs(s[7]);
    cells.bits(w[1]);
    cells.bits(w[14]);
    UNROLL for (u32 i = 0; i < 16; i++)
        if (i != 1 && i != 14) cells.limbs(w[i]);
    cells.limbs(sha256_small(w[1], 7, 18, 3));
    cells.limbs(sha256_small(w[14], 17, 19, 10));
    cells.limbs(state.big1());
    cells.limbs(state.choice());
    cells.limbs(state.big0());
    cells.limbs(state.most());
    CarriedSum a = state.new_a(turn), e = state.new_e(turn), none = {0, 0};
    cells.limbs(a.value());
    cells.limbs(e.value());
    cells.carries(a, 3);
    cells.carries(e, 3);
    cells.carries(turn < 63 ? state.new_word() : none, 2);

    NO_UNROLL for (u32 i = 0; i < 8; i++) cells.limbs(is_given ? input[i] : 0);
    state.rounds(turn, 64);
    UNROLL for (u32 i = 0; i < 8; i++) cells.limbs(s[i] + (is_given ? input[i] : 0));

    // Two words of the output on the rows that make them, and two of the input on the first.
    u32 word = turn == 0 ? 3 : 63 - turn;
    CarriedSum first = none, second = none;
    if (turn == 0 || turn >= 60)
    {
        first = none.add(is_given ? input[word] : 0);
        second = none.add(is_given ? input[word + 4] : 0);
        if (turn != 0) first = first.add(a.value()), second = second.add(e.value());
    }
    cells.bits(first.value());
    cells.bits(second.value());
    cells.carries(first, 1);
    cells.carries(second, 1);
    cells.integer(is_given && turn == 0 ? input[TracedSha256::ASKED] : 0);
}

KERNEL(koalabear_sha256_trace, 128, u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{ sha256_trace<KoalaBear>(target, stride, height, inputs, count); }
KERNEL(babybear_sha256_trace, 128, u32 *target, u64 stride, u32 height, const u32 *inputs, u32 count)
{ sha256_trace<BabyBear>(target, stride, height, inputs, count); }
