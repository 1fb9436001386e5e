using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The columns that <see cref="TrieAir{TCells}"/> and <see cref="GrowthAir{TCells}"/> have in common, 47: which children are opened, their kinds, the place with
/// what its next bit weighs, and both children's digests before and after.
/// </summary>
internal static class BranchCells
{
    public const int Opens = 0, Kind = 2, Depth = 4, Limbs = 5, Weights = Limbs + TriePlace.Limbs;

    /// <summary>What the two permutations take: left ‖ right.</summary>
    public const int Before = Weights + TriePlace.Limbs, After = Before + 2 * Eight.Length, Width = After + 2 * Eight.Length;

    /// <summary>Writes a row and counts what it asks.</summary>
    public static void Write(Trace<F> trace, int at, int row, in TrieRow branch, TrieAsks asks)
    {
        asks.Steps[branch.Place.Depth]++;
        trace[at + Depth, row] = F.FromUInt32((uint)branch.Place.Depth);
        for (int i = 0; i < TriePlace.Limbs; i++)
        {
            trace[at + Limbs + i, row] = F.FromUInt32(branch.Place[i]);
            trace[at + Weights + i, row] = F.FromUInt32(TriePlace.Weight(i, branch.Place.Depth));
        }
        for (int side = 0; side < 2; side++)
        {
            TrieChild child = side == 0 ? branch.Left : branch.Right;
            trace[at + Opens + side, row] = child.IsOpened ? F.One : F.Zero;
            trace[at + Kind + side, row] = F.FromUInt32((uint)child.Kind);
            for (int i = 0; i < Eight.Length; i++)
            {
                trace[at + Before + Eight.Length * side + i, row] = child.Before[i];
                trace[at + After + Eight.Length * side + i, row] = child.After[i];
            }
        }
    }

    /// <summary>The rules of the columns in a row.</summary>
    public static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>Asks for the place's weights, hands opened children on, and keeps those that are not.</summary>
        /// <param name="used">1 where the row stands for a node, else 0; degree 1.</param>
        public static void Children(ref TBuilder b, int at, TValue used)
        {
            TValue one = b.Constant(1), unused = one - used;
            for (int i = Depth; i < Before; i++) b.AssertZeroWhen(unused, b.Local(at + i), "unused place", i - Depth);
            InlineArray6<TValue> step = default;
            for (int i = 0; i < TriePlace.Limbs + 1; i++) step[i] = b.Local(at + (i == 0 ? Depth : Weights + i - 1));
            b.Send(RollupBuses.TrieStep, used, step);
            InlineArray5<TValue> limbs = default;
            InlineArray8<TValue> before = default, after = default;
            for (int side = 0; side < 2; side++)
            {
                TValue opens = b.Local(at + Opens + side), kind = b.Local(at + Kind + side), closed = one - opens;
                b.AssertBoolean(opens, "opens", side);
                b.AssertZeroWhen(closed, kind, "kind of a closed child", side);
                for (int i = 0; i < TriePlace.Limbs; i++)
                    limbs[i] = side == 0 ? b.Local(at + Limbs + i) : b.Local(at + Limbs + i) + b.Local(at + Weights + i);
                NodeCells<TBuilder, TValue>.Read(ref b, at + Before + Eight.Length * side, before);
                NodeCells<TBuilder, TValue>.Read(ref b, at + After + Eight.Length * side, after);
                for (int i = 0; i < Eight.Length; i++)
                    b.AssertZeroWhen(closed, after[i] - before[i], "closed child stays", Eight.Length * side + i);
                NodeCells<TBuilder, TValue>.Send(ref b, opens, limbs, b.Local(at + Depth) + one, kind, before, after);
            }
        }

        /// <summary>The place's own message.</summary>
        public static void Receive(ref TBuilder b, int at, TValue multiplicity, TValue kind, scoped ReadOnlySpan<TValue> before, scoped ReadOnlySpan<TValue> after)
        {
            InlineArray5<TValue> limbs = default;
            NodeCells<TBuilder, TValue>.Read(ref b, at + Limbs, limbs);
            NodeCells<TBuilder, TValue>.Receive(ref b, multiplicity, limbs, b.Local(at + Depth), kind, before, after);
        }
    }
}
