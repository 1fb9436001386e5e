using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.BranchCells;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Places of the state's tree where there was no inner node and several keys are to be told apart: the old leaf there, if there was one, keys that the batch inserts, keys that it
/// shows to be absent. A row a place, of 189 columns over Poseidon2, with 5 interactions.
/// </summary>
/// <remarks>
/// Columns: <em>forks</em>, if more than one key is left below, so that there is an inner node now; <em>passes</em>, if not, so that the place only stands on the way to
/// the leaf or the nothing below; <see cref="BranchCells"/>; the permutation of the children after. It receives its place with the old digest that one of its children takes over.
/// <para>The tree after is the one that has a leaf for every subtree of one key, because the kinds below say how many keys there are: 0, 1, more. Below a fork there are two leaves, or
/// something that has grown and anything ("keys below"); below a place that passes there is at most one ("keys below a pass"), and its digest is the leaf's at whatever depth. Where there was an
/// inner node no row of this table can stand: its kind would be <see cref="TrieChild.Inner"/>.</para>
/// <list type="table">
/// <item><term>an inner node over one leaf, or over nothing</term><description>"keys below"</description></item>
/// <item><term>two keys where one digest is given on, a fork left out</term><description>"keys below a pass"</description></item>
/// <item><term>an old node moved down</term><description>"kind below": children are of kind 0, 1 or 2; an old node's row receives kind 3 only, and a leaf's row what it is L or M of</description></item>
/// <item><term>an old leaf dropped, or on the other side</term><description>the digest before goes to one child ("one side before"), whose leaf receives it with its key's place and keeps a leaf there</description></item>
/// <item><term>something below a child that is not opened</term><description>"closed child is empty"</description></item>
/// </list>
/// </remarks>
internal readonly struct GrowthAir<TCells> : IAir where TCells : struct, IPermutationCells<F>
{
    internal const int Forks = 0, Passes = 1, Branch = 2, Cells = Branch + Width;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "trie growth", Width = Cells + TCells.Columns(Eight.Length) };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue forks = b.Local(Forks), passes = b.Local(Passes), used = forks + passes, one = b.Constant(1), two = b.Constant(2);
        b.AssertBoolean(forks, "forks");
        b.AssertBoolean(passes, "passes");
        b.AssertZeroWhen(forks, passes, "one of both");
        TValue kinds = b.Local(Branch + Kind) + b.Local(Branch + Kind + 1), more = kinds - two * forks;
        b.AssertZero(more * (more - one) * (more - two), "keys below");
        b.AssertZero((one - forks) * more * (more - one), "keys below a pass");

        InlineArray16<TValue> before = default, after = default;
        NodeCells<TBuilder, TValue>.Read(ref b, Branch + Before, before);
        NodeCells<TBuilder, TValue>.Read(ref b, Branch + After, after);
        InlineArray8<TValue> old = default, passed = default, digest = default;
        for (int i = 0; i < Eight.Length; i++) (old[i], passed[i]) = (before[i] + before[Eight.Length + i], after[i] + after[Eight.Length + i]);
        for (int side = 0; side < 2; side++)
        {
            TValue opens = b.Local(Branch + Opens + side), kind = b.Local(Branch + Kind + side);
            b.AssertZeroWhen(one - used, opens, "unused", side);
            b.AssertZero(kind * (kind - one) * (kind - two), "kind below", side);
            for (int i = Eight.Length * side; i < Eight.Length * (side + 1); i++) b.AssertZeroWhen(one - opens, before[i], "closed child is empty", i);
        }
        for (int i = 0; i < Eight.Length; i++)
        {
            for (int j = 0; j < Eight.Length; j++) b.AssertZeroWhen(before[i], before[Eight.Length + j], "one side before", Eight.Length * i + j);
        }
        PermutationCells.Compress<TCells, F, TBuilder, TValue>(ref b, Cells, after, 0, digest);
        Rules<TBuilder, TValue>.Receive(ref b, Branch, forks, two, old, digest);
        Rules<TBuilder, TValue>.Receive(ref b, Branch, passes, kinds, old, passed);
        Rules<TBuilder, TValue>.Children(ref b, Branch, used);
    }

    /// <summary>The trace.</summary>
    /// <param name="rows">Places in any order.</param>
    /// <param name="asks">Takes what they ask.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    /// <param name="threads">How many may work.</param>
    public static Trace<F> Generate(ReadOnlySpan<TrieRow> rows, TrieAsks asks, int leastLogRows = 0, int threads = 1)
    {
        var trace = new Trace<F>(Cells + TCells.Columns(Eight.Length), CircuitRows.Height(rows.Length, leastLogRows));
        for (int row = 0; row < rows.Length; row++)
        {
            trace[rows[row].Forks ? Forks : Passes, row] = F.One;
            Write(trace, Branch, row, rows[row], asks);
        }
        PermutationCells.FillRows<TCells, F>(trace, Branch + After, Cells, 0, Eight.Length, threads);
        return trace;
    }
}
