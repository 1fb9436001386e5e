// A table's constraints or fractions on rows, from a program in memory (Tapes/LoweredTape.cs), and the division of the sums of constraints.
#include "extension.cuh"

constexpr u32 TAPE_ROWS = 2;
constexpr u32 PLACE_SLOT = 0, PLACE_CELL = 1;
constexpr u32 DO_FOLD = 32, DO_MULTIPLY = 33;
constexpr u32 NATURAL = 0xffffffffu;

// As four words: what to do, with the target above it; three operands.
struct alignas(16) TapeStep
{
    u32 word[4];
};

// A column; the value of a row at position p, or of the next, is number (p >> shift) & mask. The top bit of shift says that it is the next.
struct alignas(16) TapeCell
{
    u64 column;
    u32 mask, shift;
};

// Values of as many rows as a thread has: one decision serves them all, and their arithmetic overlaps.
template <class Prime>
struct TapeRun
{
    Element<Prime> at[TAPE_ROWS];
};

// Where a thread's rows are, and what the program works on.
struct TapeFrame
{
    const TapeCell *cells;
    const u32 *uniforms;
    u32 *slots;
    u32 stride, apart;
    u32 here[TAPE_ROWS], next[TAPE_ROWS];
};

template <class Prime>
DEVICE TapeRun<Prime> tape_read(const TapeFrame &frame, u32 place)
{
    TapeRun<Prime> run;
    u32 kind = place >> 30, index = place & 0x3fffffffu;
    if (kind == PLACE_SLOT)
    {
        const u32 *slot = frame.slots + (u64)index * frame.stride;
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) run.at[r] = {slot[r * frame.apart]};
    }
    else if (kind == PLACE_CELL)
    {
        TapeCell cell = frame.cells[index];
        const u32 *column = reinterpret_cast<const u32 *>(cell.column);
        bool is_next = cell.shift >> 31;
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) run.at[r] = {column[((is_next ? frame.next[r] : frame.here[r]) >> (cell.shift & 31)) & cell.mask]};
    }
    else
    {
        u32 value = frame.uniforms[index];
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) run.at[r] = {value};
    }
    return run;
}

template <class Prime>
DEVICE void tape_write(const TapeFrame &frame, u32 slot, TapeRun<Prime> run)
{
    u32 *target = frame.slots + (u64)slot * frame.stride;
    UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) target[r * frame.apart] = run.at[r].value;
}

template <class E>
DEVICE void tape_fold(const TapeFrame &frame, u32 target, u32 first, u32 count, const u32 *terms, const u32 *factors)
{
    using Base = typename E::Base;
    Wide<Base> sums[E::DEGREE][TAPE_ROWS];
    UNROLL for (u32 k = 0; k < E::DEGREE; k++)
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) sums[k][r] = {0};
    for (u32 i = first; i < first + count; i++)
    {
        TapeRun<Base> term = tape_read<Base>(frame, terms[i]);
        UNROLL for (u32 k = 0; k < E::DEGREE; k++)
        {
            Element<Base> factor = {factors[(u64)i * E::DEGREE + k]};
            UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) sums[k][r] = add_product(sums[k][r], term.at[r], factor);
        }
    }
    UNROLL for (u32 k = 0; k < E::DEGREE; k++)
    {
        TapeRun<Base> sum = tape_read<Base>(frame, target + k);
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) sum.at[r] = sum.at[r] + reduce(sums[k][r]);
        tape_write(frame, target + k, sum);
    }
}

template <class E>
DEVICE void tape_multiply(const TapeFrame &frame, u32 target, u32 source)
{
    using Base = typename E::Base;
    Extended<E> left[TAPE_ROWS], right[TAPE_ROWS];
    UNROLL for (u32 k = 0; k < E::DEGREE; k++)
    {
        TapeRun<Base> a = tape_read<Base>(frame, target + k), b = tape_read<Base>(frame, source + k);
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) (left[r].at[k] = a.at[r], right[r].at[k] = b.at[r]);
    }
    UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) left[r] = left[r] * right[r];
    UNROLL for (u32 k = 0; k < E::DEGREE; k++)
    {
        TapeRun<Base> product;
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) product.at[r] = left[r].at[k];
        tape_write(frame, target + k, product);
    }
}

// Bits 0 and 1 of what to do: +, -, *, or the exclusive or of bits. Bits 2 to 4: nothing more, + c, - c, c -, * c.
template <class Prime>
DEVICE TapeRun<Prime> tape_combine(const TapeFrame &frame, u32 operation, u32 place_a, u32 place_b, u32 place_c)
{
    TapeRun<Prime> x = tape_read<Prime>(frame, place_a), b = tape_read<Prime>(frame, place_b);
    switch (operation & 3)
    {
    case 0: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = x.at[r] + b.at[r]; break;
    case 1: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = x.at[r] - b.at[r]; break;
    case 2: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = x.at[r] * b.at[r]; break;
    default:
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++)
        {
            Element<Prime> product = x.at[r] * b.at[r];
            x.at[r] = x.at[r] + b.at[r] - (product + product);
        }
    }
    if (operation >> 2 == 0) return x;
    TapeRun<Prime> c = tape_read<Prime>(frame, place_c);
    switch (operation >> 2)
    {
    case 1: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = x.at[r] + c.at[r]; break;
    case 2: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = x.at[r] - c.at[r]; break;
    case 3: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = c.at[r] - x.at[r]; break;
    default: UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) x.at[r] = x.at[r] * c.at[r];
    }
    return x;
}

DEVICE u32 reversed(u32 position, u32 log_size) { return log_size == 0 ? 0 : reverse_bits(position) >> (32 - log_size); }

// The position of the next row: in natural order, or in the bit-reversed one of a block of which 2^log_step points are a row apart.
DEVICE u32 next_position(u32 position, u32 log_size, u32 log_step)
{
    u32 mask = (1u << log_size) - 1;
    if (log_step == NATURAL) return (position + 1) & mask;
    return reversed((reversed(position, log_size) + (1u << log_step)) & mask, log_size);
}

// Slots lie in shared memory, or in scratch where they are too many for it. Each step costs a thread a load of 16 bytes that all threads
// share and about 20 integer operations of decoding for its rows together, besides 2 (+, -) to 5 (*) a row and operation, and the slots' loads and stores.
template <class E>
DEVICE void run_tape(
    const u32 *code, u32 steps, const u64 *cells, const u32 *terms, const u32 *uniforms, const u32 *factors, u32 *scratch,
    u32 *outputs, u32 first_output, u32 output_words, u32 rows, u32 start, u32 log_size, u32 log_step)
{
    using Base = typename E::Base;
    TapeFrame frame;
    u32 apart = block_size(), row = block_x() * apart * TAPE_ROWS + thread_x(), last = (1u << log_size) - 1;
    frame.cells = reinterpret_cast<const TapeCell *>(cells);
    frame.uniforms = uniforms;
    frame.apart = apart;
    frame.stride = scratch == nullptr ? apart * TAPE_ROWS : rows;
    frame.slots = scratch == nullptr ? shared_memory<u32>() + thread_x() : scratch + row;
    UNROLL for (u32 r = 0; r < TAPE_ROWS; r++)
    {
        // Beyond the end the last row is computed again, into a place that nobody reads.
        frame.here[r] = min_u32(start + row + r * apart, last);
        frame.next[r] = next_position(frame.here[r], log_size, log_step);
    }
    for (u32 i = 0; i < steps; i++)
    {
        TapeStep step = reinterpret_cast<const TapeStep *>(code)[i];
        u32 operation = step.word[0] & 255, target = step.word[0] >> 8;
        if (operation == DO_FOLD) tape_fold<E>(frame, target, step.word[1], step.word[2], terms, factors);
        else if (operation == DO_MULTIPLY) tape_multiply<E>(frame, target, step.word[1]);
        else tape_write(frame, target, tape_combine<Base>(frame, operation, step.word[1], step.word[2], step.word[3]));
    }
    for (u32 i = 0; i < output_words; i++)
    {
        TapeRun<Base> value = tape_read<Base>(frame, first_output + i);
        UNROLL for (u32 r = 0; r < TAPE_ROWS; r++) outputs[(u64)i * rows + row + r * apart] = value.at[r].value;
    }
}

// The sums of constraints for all rows, the first, the last and all but the last (rows, then coordinates, each over the rows at hand), times
// 1 / Z, 1 / (x - 1), 1 / (x - 1/w), (x - 1/w) / Z at x: the quotient by Z = x^N - 1. Z takes one value on N neighbouring positions.
// x is a power of the block's root times its shift: low[i mod 2^log_low] high[i >> log_low], i being the point's index.
template <class E>
DEVICE void divide_sums(
    u32 *quotient, u64 quotient_stride, const u32 *sums, u32 sums_stride, u32 start, u32 count, u32 log_size, u32 log_rows,
    const u32 *low, const u32 *high, u32 log_low, const u32 *inverses, u32 before_first, u32 has_ends)
{
    using F = Element<typename E::Base>;
    u32 row = (u32)global_thread();
    if (row >= count) return;
    u32 position = start + row, index = reversed(position, log_size);
    F x = F{low[index & ((1u << log_low) - 1)]} * F{high[index >> log_low]}, inverse_z = {inverses[position >> log_rows]};
    F from_first = x - one<typename E::Base>(), from_last = x - F{before_first}, factors[4] = {inverse_z, {0}, {0}, from_last * inverse_z};
    if (has_ends)
    {
        F both = inverse(from_first * from_last);
        factors[1] = both * from_last;
        factors[2] = both * from_first;
    }
    UNROLL for (u32 k = 0; k < E::DEGREE; k++)
    {
        Wide<typename E::Base> sum = {0};
        UNROLL for (u32 s = 0; s < 4; s++) sum = add_product(sum, F{sums[(u64)(s * E::DEGREE + k) * sums_stride + row]}, factors[s]);
        quotient[k * quotient_stride + position] = reduce(sum).value;
    }
}

#define PROZCHAIN_TAPE(prefix, type)                                                                                                        \
    KERNEL(                                                                                                                                 \
        prefix##_tape, 64, const u32 *code, u32 steps, const u64 *cells, const u32 *terms, const u32 *uniforms, const u32 *factors,         \
        u32 *scratch, u32 *outputs, u32 first_output, u32 output_words, u32 rows, u32 start, u32 log_size, u32 log_step)                    \
    {                                                                                                                                       \
        run_tape<type>(code, steps, cells, terms, uniforms, factors, scratch, outputs, first_output, output_words, rows, start, log_size, log_step); \
    }                                                                                                                                       \
    KERNEL(                                                                                                                                 \
        prefix##_divide, 256, u32 *quotient, u64 quotient_stride, const u32 *sums, u32 sums_stride, u32 start, u32 count, u32 log_size,     \
        u32 log_rows, const u32 *low, const u32 *high, u32 log_low, const u32 *inverses, u32 before_first, u32 has_ends)                    \
    {                                                                                                                                       \
        divide_sums<type>(quotient, quotient_stride, sums, sums_stride, start, count, log_size, log_rows, low, high, log_low, inverses, before_first, has_ends); \
    }
PROZCHAIN_EACH_EXTENSION(PROZCHAIN_TAPE)
