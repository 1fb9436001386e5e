using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Keys with the top bit that a batch touches, where they stand in the state's tree, or would stand, and leaves that only show where others are: a row a
/// key, 65 columns, 34 interactions. A touched one says on <see cref="RollupBuses.CellToken"/> what the batch makes of its leaf; another shows
/// what its leaf's digest is of, on <see cref="RollupBuses.CompressM"/>.
/// </summary>
/// <remarks>
/// Columns: touched; other; there, if there is a leaf after the batch; the key without its top bit, 8 elements; of the first four the highest bit, and the high limb of how far
/// the others are from the most that they may be; depth of the place and the five rooms behind it; what of the key lies behind it, one limb for limb 0 of the place and two for
/// each of the others, and the high limb of what is left of those rooms; the leaf's digests before and after; the value's digest of an other leaf; three elements that show that a digest is not zero.
/// <para>Element i of the key is high·2^30 + limb 1 + i of the place with all its bits, and is shown to be the one below p: limbs with high = 1 stop at p - 1 - 2^30. So a key has one way, though
/// a way of 31 bits could name 2^24 elements twice.</para>
/// <list type="table">
/// <item><term>a key twice, at the places of e and e + p</term><description>"one reading" by ranges</description></item>
/// <item><term>another key's place</term><description>offsets, what they leave of the rooms, and their high limbs together are in range, as <see cref="LeavesAir"/> has it</description></item>
/// <item><term>absent though there</term><description>the way of a key leads to its leaf, which is received once; "absent" demands digests of zero, before and after</description></item>
/// <item><term>there though absent</term><description>"there": an element of the digest's first three times its inverse; all three are zero for none that anyone can find</description></item>
/// <item><term>removed</term><description>"absent": zero before</description></item>
/// <item><term>an old leaf under another key</term><description>its digest is M(key, value), asked for, and "other stays"</description></item>
/// </list>
/// Unused rows are zero.
/// </remarks>
internal readonly struct CellLeavesAir : IAir
{
    internal const int Touched = 0, Other = 1, There = 2, Key = 3, High = Key + Eight.Length, Far = High + TriePlace.Words, Depth = Far + TriePlace.Words,
        Rooms = Depth + 1, Offset = Rooms + TriePlace.Limbs, Left = Offset + 1 + 2 * TriePlace.Words, Before = Left + TriePlace.Words,
        After = Before + Eight.Length, Value = After + Eight.Length, Inverse = Value + Eight.Length, Inverses = 3, Width = Inverse + Inverses;

    // The most that the 30 low bits of an element may be: any, and p - 1 - 2^30 where its highest bit is set.
    private const uint AnyLow = Limbs.NonceRadix - 1, LessIfHigh = (1u << 24) - 1;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "cell leaves", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue touched = b.Local(Touched), other = b.Local(Other), there = b.Local(There), used = touched + other;
        TValue one = b.Constant(1), radix = b.Constant(Limbs.Radix), zero = b.Constant(0);
        b.AssertBoolean(touched, "touched");
        b.AssertBoolean(other, "other");
        b.AssertZeroWhen(touched, other, "one of both");
        b.AssertBoolean(there, "there is a bit");
        b.AssertZeroWhen(other, one - there, "other is there");
        for (int i = Key; i < Before; i++) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);
        b.AssertZeroWhen(one - used, there, "unused", There);

        InlineArray8<TValue> before = default, after = default;
        NodeCells<TBuilder, TValue>.Read(ref b, Before, before);
        NodeCells<TBuilder, TValue>.Read(ref b, After, after);
        TValue shown = zero;
        for (int i = 0; i < Eight.Length; i++)
        {
            b.AssertZeroWhen(one - there, before[i], "absent", i);
            b.AssertZeroWhen(one - there, after[i], "absent", Eight.Length + i);
            b.AssertZeroWhen(other, after[i] - before[i], "other stays", i);
            b.AssertZeroWhen(one - other, b.Local(Value + i), "value of another", i);
        }
        for (int i = 0; i < Inverses; i++)
        {
            b.AssertZeroWhen(one - there, b.Local(Inverse + i), "inverse of nothing", i);
            shown += b.Local(Inverse + i) * after[i];
        }
        b.AssertZero(shown - there, "there");
        Rules<TBuilder, TValue>.Place(ref b, used, there, before, after);

        Message<TValue> token = default, leaf = default;
        for (int i = 0; i < Eight.Length; i++)
        {
            (token[i], token[Eight.Length + i], token[2 * Eight.Length + i]) = (b.Local(Key + i), before[i], after[i]);
            (leaf[i], leaf[Eight.Length + i], leaf[2 * Eight.Length + i]) = (b.Local(Key + i), b.Local(Value + i), before[i]);
        }
        b.Send(RollupBuses.CellToken, touched, token);
        b.Send(RollupBuses.CompressM, other, leaf);
    }

    /// <summary>The trace.</summary>
    /// <param name="leaves">Keys in any order.</param>
    /// <param name="asks">Takes what they ask.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(ReadOnlySpan<CellLeaf> leaves, TrieAsks asks, int leastLogRows = 0)
    {
        var trace = new Trace<F>(Width, CircuitRows.Height(leaves.Length, leastLogRows));
        for (int row = 0; row < leaves.Length; row++)
        {
            CellLeaf leaf = leaves[row];
            trace[leaf.IsTouched ? Touched : Other, row] = F.One;
            WritePlace(trace, row, leaf, asks);
            for (int i = 0; i < Eight.Length; i++)
            {
                (trace[Before + i, row], trace[After + i, row]) = (leaf.Before[i], leaf.After[i]);
                if (!leaf.IsTouched) trace[Value + i, row] = leaf.Value[i];
            }
            if (!leaf.IsTouched) asks.Leaves.Add((leaf.Key, leaf.Value));
            for (int i = 0; i < Inverses; i++)
            {
                if (leaf.After[i] == F.Zero) continue;
                (trace[There, row], trace[Inverse + i, row]) = (F.One, leaf.After[i].Inverse());
                break;
            }
        }
        return trace;
    }

    private static void WritePlace(Trace<F> trace, int row, in CellLeaf leaf, TrieAsks asks)
    {
        uint tops = 1u << 7;
        trace[Depth, row] = F.FromUInt32((uint)leaf.Depth);
        asks.Rooms[leaf.Depth]++;
        for (int i = 0; i < Eight.Length; i++) trace[Key + i, row] = leaf.Key[i];
        for (int i = 0; i < TriePlace.Limbs; i++) trace[Rooms + i, row] = F.FromUInt32(TriePlace.Room(i, leaf.Depth));
        for (int i = 0; i < TriePlace.Words; i++)
        {
            uint element = leaf.Key[i].ToUInt32(), high = element / Limbs.NonceRadix, low = element % Limbs.NonceRadix, far = AnyLow - LessIfHigh * high - low;
            uint room = TriePlace.Room(1 + i, leaf.Depth), offset = low % room;
            tops += high << (6 - 2 * i);
            trace[High + i, row] = F.FromUInt32(high);
            trace[Far + i, row] = F.FromUInt32(far / Limbs.Radix);
            trace[Offset + 1 + 2 * i, row] = F.FromUInt32(offset % Limbs.Radix);
            trace[Offset + 2 + 2 * i, row] = F.FromUInt32(offset / Limbs.Radix);
            trace[Left + i, row] = F.FromUInt32((room - 1 - offset) / Limbs.Radix);
            asks.Values[far % Limbs.Radix]++;
            asks.Values[far / Limbs.Radix]++;
            asks.Offset(offset, room, isWide: true);
        }
        uint topRoom = TriePlace.Room(0, leaf.Depth);
        trace[Offset, row] = F.FromUInt32(tops % topRoom);
        asks.Offset(tops % topRoom, topRoom, isWide: false);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>The place is on the key's way, and the key is read in one way.</summary>
        public static void Place(ref TBuilder b, TValue used, TValue there, scoped ReadOnlySpan<TValue> before, scoped ReadOnlySpan<TValue> after)
        {
            TValue one = b.Constant(1), radix = b.Constant(Limbs.Radix), tops = b.Constant(1u << 7);
            InlineArray5<TValue> limbs = default;
            InlineArray6<TValue> rooms = default;
            for (int i = 0; i < rooms[..].Length; i++) rooms[i] = b.Local(Depth + i);
            b.Send(RollupBuses.TrieRoom, used, rooms);
            for (int i = 0; i < TriePlace.Words; i++)
            {
                TValue high = b.Local(High + i), low = b.Local(Key + i) - b.Constant(Limbs.NonceRadix) * high;
                TValue offset = b.Local(Offset + 1 + 2 * i) + radix * b.Local(Offset + 2 + 2 * i), left = b.Local(Rooms + 1 + i) - one - offset - radix * b.Local(Left + i);
                TValue far = b.Constant(AnyLow) - b.Constant(LessIfHigh) * high - low - radix * b.Local(Far + i);
                b.AssertBoolean(high, "highest bit", i);
                tops += b.Constant(1u << (6 - 2 * i)) * high;
                limbs[1 + i] = low - offset;
                foreach (TValue value in (ReadOnlySpan<TValue>)[b.Local(Offset + 1 + 2 * i), b.Local(Offset + 2 + 2 * i), left, b.Local(Left + i), b.Local(Offset + 2 + 2 * i) + b.Local(Left + i), far, b.Local(Far + i)])
                    b.Send(Buses.Range(Limbs.Bits), used, [value]);
            }
            limbs[0] = tops - b.Local(Offset);
            b.Send(Buses.Range(Limbs.Bits), used, [b.Local(Offset)]);
            b.Send(Buses.Range(Limbs.Bits), used, [b.Local(Rooms) - one - b.Local(Offset)]);
            NodeCells<TBuilder, TValue>.Receive(ref b, used, limbs, b.Local(Depth), there, before, after);
        }
    }

    [InlineArray(3 * Eight.Length)]
    private struct Message<TValue>
    {
        private TValue _first;
    }
}

/// <summary>A row of <see cref="CellLeavesAir"/>.</summary>
/// <param name="Key">The state key without its top bit.</param>
/// <param name="Depth">Of its place.</param>
/// <param name="IsTouched">Whether the batch touches it; if not, there is a leaf, which stays.</param>
/// <param name="Before">The leaf's digest; zeros for none.</param>
/// <param name="After">The leaf's digest after the batch.</param>
/// <param name="Value">The value's digest, of a leaf that is not touched.</param>
internal readonly record struct CellLeaf(Eight Key, int Depth, bool IsTouched, Eight Before, Eight After, Eight Value);
