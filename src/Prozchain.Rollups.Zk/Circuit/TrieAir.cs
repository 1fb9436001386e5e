using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.BranchCells;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The inner nodes of the state's tree that a batch touches and that were there before it: each with its digest before and after, from both children's. A lane
/// a node, of 328 columns over Poseidon2, with 4 interactions: a batch has its nodes in tables of any number and heights.
/// </summary>
/// <remarks>
/// A lane: whether it is used; <see cref="BranchCells"/>; the permutation of the children before, with 8 outputs, and after. It receives its place of kind
/// <see cref="TrieChild.Inner"/> once, asks for what its bit weighs, and sends the children that it opens.
/// <list type="table">
/// <item><term>another tree before</term><description>digests from the public root down, each place received as it was sent; window N is of nodes alone</description></item>
/// <item><term>a subtree changed that nothing is about</term><description>"closed child stays": what is not opened is equal before and after</description></item>
/// <item><term>a place opened twice, or not at all</term><description><see cref="RollupBuses.Node"/> is a permutation bus with multiplicities 0 and 1: by the depth, which rises by 1 from
/// sender to receiver and is below 128, rows form one tree that hangs on the root's message</description></item>
/// <item><term>another key's place</term><description>limbs are sums of distinct powers of two, as the table of places has them</description></item>
/// <item><term>a node where there was a leaf or nothing, a leaf where there was a node</term><description>its kind is the receiver's: whoever receives an inner node shows what it is N of, leaves show
/// what they are L or M of</description></item>
/// </list>
/// Unused lanes hold permutations of zeros, all else zero; a lane is used exactly if it opens a child.
/// </remarks>
/// <param name="lanes">Nodes of a row, 1 to 16; a verifier pays by the column, so 1 unless rows are what counts.</param>
internal readonly struct TrieAir<TCells>(int lanes) : IAir where TCells : struct, IPermutationCells<F>
{
    private const int Used = 0, Branch = 1, Cells = Branch + Width;

    private readonly int _lanes = lanes is >= 1 and <= 16 ? lanes : throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "Expected 1 to 16.");

    /// <summary>Columns of a lane.</summary>
    public static int Stride => Cells + 2 * TCells.Columns(Eight.Length);

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "trie", Width = _lanes * Stride };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        InlineArray16<TValue> input = default;
        InlineArray8<TValue> before = default, after = default;
        for (int at = 0; at < _lanes * Stride; at += Stride)
        {
            TValue used = b.Local(at + Used), left = b.Local(at + Branch + Opens), right = b.Local(at + Branch + Opens + 1);
            b.AssertZero(left + right - left * right - used, "opens a child");
            NodeCells<TBuilder, TValue>.Read(ref b, at + Branch + Before, input);
            for (int i = 0; i < 2 * Eight.Length; i++) b.AssertZeroWhen(b.Constant(1) - used, input[i], "unused child", i);
            PermutationCells.Compress<TCells, F, TBuilder, TValue>(ref b, at + Cells, input, 0, before);
            NodeCells<TBuilder, TValue>.Read(ref b, at + Branch + After, input);
            PermutationCells.Compress<TCells, F, TBuilder, TValue>(ref b, at + Cells + TCells.Columns(Eight.Length), input, 0, after);
            Rules<TBuilder, TValue>.Receive(ref b, at + Branch, used, b.Constant(TrieChild.Inner), before, after);
            Rules<TBuilder, TValue>.Children(ref b, at + Branch, used);
        }
    }

    /// <summary>How many of so many nodes go to each of some tables, so that rows, powers of two in each, are few; none to those that do not help.</summary>
    public int[] Shares(int nodes, int tables)
    {
        var shares = new int[tables];
        Share(nodes, shares);
        return shares;
    }

    /// <summary>The trace.</summary>
    /// <param name="rows">Nodes in any order, each with a child that is opened.</param>
    /// <param name="asks">Takes what they ask.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    /// <param name="threads">How many may work.</param>
    public Trace<F> Generate(ReadOnlySpan<TrieRow> rows, TrieAsks asks, int leastLogRows = 0, int threads = 1)
    {
        var trace = new Trace<F>(_lanes * Stride, CircuitRows.Height((rows.Length + _lanes - 1) / _lanes, leastLogRows));
        for (int i = 0; i < rows.Length; i++)
        {
            int at = i % _lanes * Stride;
            trace[at + Used, i / _lanes] = F.One;
            Write(trace, at + Branch, i / _lanes, rows[i], asks);
        }
        for (int at = 0; at < _lanes * Stride; at += Stride)
        {
            PermutationCells.FillRows<TCells, F>(trace, at + Branch + Before, at + Cells, 0, Eight.Length, threads);
            PermutationCells.FillRows<TCells, F>(trace, at + Branch + After, at + Cells + TCells.Columns(Eight.Length), 0, Eight.Length, threads);
        }
        return trace;
    }

    private int Share(int nodes, Span<int> shares)
    {
        int rows = CircuitRows.Height((nodes + _lanes - 1) / _lanes, 0), half = rows / 2;
        shares.Clear();
        shares[0] = nodes;
        if (shares.Length == 1 || half == 0) return rows;
        int others = Share(nodes - half * _lanes, shares[1..]);
        if (half + others < rows)
        {
            shares[0] = half * _lanes;
            return half + others;
        }
        shares[1..].Clear();
        return rows;
    }
}
