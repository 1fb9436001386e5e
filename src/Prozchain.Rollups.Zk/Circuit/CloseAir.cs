using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Where a batch's change of the state's tree hangs: it sends the root's place with the digests before and after, which are public, once. 2 columns, 16 public values (root
/// before, root after), 1 interaction.
/// </summary>
/// <remarks>
/// Columns, of the first row, zero in all others: whether the root is opened ("unopened root stays": if not, both are equal), and its kind, which who receives it shows. An empty tree's root is zeros, and
/// the tree may grow from it as from any empty place.
/// </remarks>
internal readonly struct CloseAir : IAir
{
    private const int Opens = 0, Kind = 1, Width = 2, Roots = 2 * Eight.Length;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "close", Width = Width, PublicValues = Roots };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue opens = b.Local(Opens), closed = b.Constant(1) - opens, zero = b.Constant(0);
        b.AssertBoolean(opens, "opens");
        b.AssertZeroWhen(closed, b.Local(Kind), "kind of an unopened root");
        b.AssertZero(Rows.Transition, b.Next(Opens), "first row alone");
        InlineArray8<TValue> before = default, after = default;
        for (int i = 0; i < Eight.Length; i++)
        {
            (before[i], after[i]) = (b.Public(i), b.Public(Eight.Length + i));
            b.AssertZero(Rows.First, closed * (after[i] - before[i]), "unopened root stays", i);
        }
        NodeCells<TBuilder, TValue>.Send(ref b, opens, [zero, zero, zero, zero, zero], zero, b.Local(Kind), before, after);
    }

    /// <summary>The trace.</summary>
    /// <param name="root">The root as a child of nothing.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public static Trace<F> Generate(in TrieChild root, int leastLogRows = 0)
    {
        var trace = new Trace<F>(Width, 1 << leastLogRows);
        if (root.IsOpened) (trace[Opens, 0], trace[Kind, 0]) = (F.One, F.FromUInt32((uint)root.Kind));
        return trace;
    }

    /// <summary>The roots before and after.</summary>
    public static F[] PublicValues(in Eight before, in Eight after) => [.. (ReadOnlySpan<F>)before, .. (ReadOnlySpan<F>)after];
}
