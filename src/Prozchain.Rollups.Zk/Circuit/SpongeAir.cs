using System.Runtime.CompilerServices;
using Prozchain.Rollups.Batches;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.SpongeColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The hashes of the posted bytes' chunks, a row a block of 136 bytes: Keccak-256 of 0x13 and the chunk (docs/formats/rollups-chunks.md).
/// The state that a block's permutation gives is that of the next row; behind a chunk's last block a row has nothing else. A segment
/// starts with the block that the one before ended with, and it alone permutes it: both say the state before and with the block in it,
/// which are its bytes, and none need be handed on. Asks <see cref="Buses.Keccak"/>, sends its lanes to <see cref="SpongeLaneAir"/>, the
/// hashes to <see cref="RollupBuses.Chunk"/>. Padding rows are copies of the last one.
/// </summary>
/// <remarks>
/// Public values are in <see cref="SpongeColumns"/>. Who verifies a list of segments sees to it that: the last row of each is the
/// first of the next; the first segment starts with Start = 1, Offset = Chunk = Ended = 0; the last one ends with Final = Ended = 1; all
/// have the same length, and IsPresent unless that is 0; each chunk that the length has is received once. With no bytes at all every value
/// is 0.
/// <list type="table">
/// <listheader><term>a lie</term><description>is refused by</description></listheader>
/// <item><term>another state than the block before left</term><description>Keccak's output is the next row's state; "initial"; the boundary</description></item>
/// <item><term>a chunk that ends early or late</term><description>"full": it has 131,072 bytes, or "final": it ends where the bytes do; the number of chunks then leaves the last but one length</description></item>
/// <item><term>a block read as data that is the end of a chunk, or the reverse</term><description>End is part of the boundary, and the lanes hold the padding</description></item>
/// <item><term>a hash left out, another one, one told twice</term><description>"hash": the row behind a permuted last block; "chunk" is its number; "first hash"</description></item>
/// <item><term>blocks after the last</term><description>"after the final"</description></item>
/// </list>
/// </remarks>
internal readonly struct SpongeAir : IAir
{
    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "sponge", Width = Width, PublicValues = PublicValues };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Order(ref b);
        Rules<TBuilder, TValue>.Places(ref b);
        Rules<TBuilder, TValue>.Messages(ref b);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>Blocks follow one another from the boundary before to the boundary after.</summary>
        public static void Order(ref TBuilder b)
        {
            TValue one = b.Constant(1), real = b.Local(Real), hash = b.Local(Hash), next = b.Next(Real), nextHash = b.Next(Hash), padding = one - next - nextHash, end = b.Local(End), ended = b.Local(Ended);
            foreach (int i in (ReadOnlySpan<int>)[Start, End, Final, Ended, Real, Hash]) b.AssertBoolean(b.Local(i), "bit", i);
            b.AssertZero(real * ended, "a block or none");
            b.AssertZero(Rows.Transition, next * (one - real - ended), "real rows first");
            b.AssertZero(Rows.Transition, next * b.Local(Final), "after the final");
            b.AssertZero(Rows.Transition, next * end, "after an end");
            b.AssertZero(Rows.Transition, next * (b.Next(Start) - ended), "start");
            b.AssertZero(Rows.First, hash, "first hash");
            b.AssertZero(Rows.Transition, nextHash * (one - real), "hash", 0);
            b.AssertZero(Rows.Transition, nextHash * (one - end), "hash", 1);
            b.AssertZero(Rows.Transition, nextHash * (b.Next(Final) - b.Local(Final)), "hash", 2);
            b.AssertZero(hash * (one - ended), "hash", 3);
            foreach (int i in (ReadOnlySpan<int>)[Start, End, Left, Count]) b.AssertZero(hash * b.Local(i), "no block", i);
            for (int i = 0; i < RateLimbs; i++) b.AssertZero(hash * b.Local(Absorbed + i), "no block", Absorbed + i);
            b.AssertZero(Rows.Transition, b.Local(Permutes) - real * (next + nextHash), "permutes", 0);
            b.AssertZero(Rows.Last, b.Local(Permutes), "permutes", 1);
            for (int i = 0; i < StateLimbs; i++) b.AssertZero(b.Local(Start) * b.Local(Before + i), "initial", i);
            b.AssertZero(Rows.First, real + ended - b.Public(IsPresent), "present");
            b.AssertZero(Rows.First, (one - real) * b.Local(Count), "no bytes");
            for (int i = 0; i < Boundary; i++)
            {
                b.AssertZero(Rows.First, b.Local(i) - b.Public(First + i), "first row", i);
                b.AssertZero(Rows.Last, b.Local(i) - b.Public(Last + i), "last row", i);
                b.AssertZero(Rows.Transition, padding * (b.Next(i) - b.Local(i)), "copy", i);
            }
            b.AssertZero(Rows.Transition, padding * (b.Next(Count) - b.Local(Count)), "copy", Count);
        }

        /// <summary>Where blocks start, how many bytes they hold, and where chunks end.</summary>
        public static void Places(ref TBuilder b)
        {
            TValue one = b.Constant(1), real = b.Local(Real), next = b.Next(Real), nextHash = b.Next(Hash), count = b.Local(Count), end = b.Local(End), final = b.Local(Final);
            b.AssertZero(Rows.First, b.Local(Block) - real + one, "first number");
            b.AssertZero(Rows.Transition, b.Next(Block) - b.Local(Block) - next, "number");
            b.AssertZero(Rows.Transition, (next + nextHash) * (b.Next(Offset) - b.Local(Offset) - count), "offset");
            b.AssertZero(Rows.Transition, (next + nextHash) * (b.Next(Chunk) - b.Local(Chunk)) - next * b.Next(Start), "chunk");
            b.AssertZero(b.Local(Start) * (b.Local(Left) - b.Constant(ChunkCommitment.ChunkSize)), "bytes of a chunk");
            b.AssertZero(Rows.Transition, next * (one - b.Next(Start)) * (b.Next(Left) - b.Local(Left) + count), "bytes left");
            b.AssertZero(real * (one - end) * (count - b.Constant(Rate) + b.Local(Start)), "whole block");
            b.AssertZero((end - final) * (b.Local(Left) - count), "full");
            b.AssertZero(final * (b.Local(Offset) + count - b.Public(Length)), "final");
            b.AssertZero(final * (one - end - b.Local(Ended)), "final ends");
        }

        public static void Messages(ref TBuilder b)
        {
            TValue real = b.Local(Real), zero = b.Constant(0);
            Fact<TValue> fact = default;
            for (int i = 0; i < StateLimbs; i++) (fact[i], fact[StateLimbs + i]) = (b.Local(i < RateLimbs ? Absorbed + i : Before + i), b.Next(Before + i));
            b.Send(Buses.Keccak, b.Local(Permutes), fact);
            Told<TValue> told = default;
            told[0] = b.Local(Chunk);
            for (int i = 0; i < HashLimbs; i++) told[1 + i] = b.Local(Before + i);
            b.Send(RollupBuses.Chunk, b.Local(Hash), told);
            for (int lane = 0; lane < RateLanes; lane++)
            {
                int at = 4 * lane;
                b.Send(RollupBuses.Lane, real,
                [
                    b.Local(Block) * b.Constant(RateLanes) + b.Constant((ulong)lane),
                    lane == 0 ? b.Local(Start) : zero,
                    b.Local(End),
                    lane == RateLanes - 1 ? b.Local(End) : zero,
                    lane == 0 ? b.Local(Offset) : b.Local(Offset) + b.Constant(8 * (ulong)lane) - b.Local(Start),
                    b.Local(Offset) + b.Local(Count),
                    b.Local(Before + at), b.Local(Before + at + 1), b.Local(Before + at + 2), b.Local(Before + at + 3),
                    b.Local(Absorbed + at), b.Local(Absorbed + at + 1), b.Local(Absorbed + at + 2), b.Local(Absorbed + at + 3),
                ]);
            }
        }
    }

    [InlineArray(2 * StateLimbs)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }

    [InlineArray(1 + HashLimbs)]
    private struct Told<TValue>
    {
        private TValue _first;
    }
}
