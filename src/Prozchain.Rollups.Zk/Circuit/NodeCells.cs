using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>How tables speak on <see cref="RollupBuses.Node"/>.</summary>
internal static class NodeCells<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    private const int DepthAt = TriePlace.Limbs, KindAt = DepthAt + 1, OldAt = KindAt + 1, NewAt = OldAt + Eight.Length, Length = NewAt + Eight.Length;

    /// <summary>States that a place is opened: who does so.</summary>
    public static void Receive(
        ref TBuilder b, TValue multiplicity, scoped ReadOnlySpan<TValue> limbs, TValue depth, TValue kind, scoped ReadOnlySpan<TValue> before, scoped ReadOnlySpan<TValue> after)
    {
        Message message = Of(limbs, depth, kind, before, after);
        b.Receive(RollupBuses.Node, multiplicity, message, bound: 1);
    }

    /// <summary>Hands a place on to be opened.</summary>
    public static void Send(
        ref TBuilder b, TValue multiplicity, scoped ReadOnlySpan<TValue> limbs, TValue depth, TValue kind, scoped ReadOnlySpan<TValue> before, scoped ReadOnlySpan<TValue> after)
    {
        Message message = Of(limbs, depth, kind, before, after);
        b.Send(RollupBuses.Node, multiplicity, message);
    }

    /// <summary>Cells next to each other.</summary>
    public static void Read(ref TBuilder b, int at, scoped Span<TValue> cells)
    {
        for (int i = 0; i < cells.Length; i++) cells[i] = b.Local(at + i);
    }

    private static Message Of(scoped ReadOnlySpan<TValue> limbs, TValue depth, TValue kind, scoped ReadOnlySpan<TValue> before, scoped ReadOnlySpan<TValue> after)
    {
        Message message = default;
        for (int i = 0; i < TriePlace.Limbs; i++) message[i] = limbs[i];
        (message[DepthAt], message[KindAt]) = (depth, kind);
        for (int i = 0; i < Eight.Length; i++) (message[OldAt + i], message[NewAt + i]) = (before[i], after[i]);
        return message;
    }

    [InlineArray(Length)]
    private struct Message
    {
        private TValue _first;
    }
}
