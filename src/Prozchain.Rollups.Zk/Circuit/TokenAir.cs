using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The early table of what a proof does to the state: a row a touched account, or a touched leaf under a hashed key. It ties the proofs of a batch to each
/// other: every digest that a proof starts from is one that another has ended with. 19 columns and 26; 5 interactions.
/// </summary>
/// <remarks>
/// Columns: the key (an account's number, or 8 elements of a state key), the segment that left the digest before, both digests, whether the row is used. In
/// the tree's proof the second is the segment that left the digest <em>after</em>. A digest of 0 stands for nothing there. Public value of a segment: its
/// number k, from 1 to 1,024.
/// <para>A key has at most one row in a segment, though no constraint compares rows. The tree's proof gives (key, 0) once and takes the key once, for
/// its Node bus has each place once. A row of segment k takes (key, j) and gives (key, k), with k - j - 1 in [0, 2^10), so j is below k as an integer, since only
/// 0 and numbers of segments are ever given. Match each given message with the taking of an equal one: rows become ways whose segments rise strictly, so there is no
/// circle, and a row cannot take what it gives; a way begins only at what the tree gives, which is once. All rows of a key are thus on one way, and two of one
/// segment cannot both be. A fork within a segment would need a second beginning. The tree takes from a segment, from 1 to 1,024, and never what it gave itself: so each token is
/// vouched for by a segment, which knows what its digests are of, though it may leave them as they are.</para>
/// </remarks>
internal readonly struct TokenAir : IAir
{
    private const int MostKey = 8, Digest = 8;

    private readonly int _key;
    private readonly bool _isTree;
    private readonly Bus _between, _within;

    private TokenAir(int key, bool isTree, Bus between, Bus within) => (_key, _isTree, _between, _within) = (key, isTree, between, within);

    /// <summary>The accounts of a segment.</summary>
    public static TokenAir Accounts { get; } = new(1, false, RollupBuses.Account, RollupBuses.AccountToken);

    /// <summary>The hashed keys of a segment.</summary>
    public static TokenAir Cells { get; } = new(MostKey, false, RollupBuses.Cell, RollupBuses.CellToken);

    /// <summary>The accounts of a batch, in the tree's proof.</summary>
    public static TokenAir TreeAccounts { get; } = new(1, true, RollupBuses.Account, RollupBuses.AccountToken);

    /// <summary>The hashed keys of a batch, in the tree's proof.</summary>
    public static TokenAir TreeCells { get; } = new(MostKey, true, RollupBuses.Cell, RollupBuses.CellToken);

    private int Segment => _key;

    private int Before => _key + 1;

    private int After => Before + Digest;

    private int Used => After + Digest;

    /// <inheritdoc/>
    public AirShape Shape => new()
    {
        Name = $"{(_isTree ? "tree's" : "segment's")} {_within.Name}s",
        Width = Used + 1,
        PublicValues = _isTree ? 0 : 1,
    };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue used = b.Local(Used), one = b.Constant(1), zero = b.Constant(0);
        b.AssertBoolean(used, "used");
        b.AssertZero(Rows.Transition, (one - used) * b.Next(Used), "used rows first");
        for (int i = 0; i < Used; i++) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);

        Message<TValue> taken = default, given = default, pair = default;
        for (int i = 0; i < _key; i++) taken[i] = given[i] = pair[i] = b.Local(i);
        (taken[_key], given[_key]) = _isTree ? (b.Local(Segment), zero) : (b.Local(Segment), b.Public(0));
        for (int i = 0; i < Digest; i++)
        {
            (TValue before, TValue after) = (b.Local(Before + i), b.Local(After + i));
            (taken[_key + 1 + i], given[_key + 1 + i]) = _isTree ? (after, before) : (before, after);
            (pair[_key + i], pair[_key + Digest + i]) = (before, after);
        }
        Span<TValue> messages = taken;
        b.Receive(_between, used, messages[..(_key + 1 + Digest)], bound: 1);
        messages = given;
        b.Send(_between, used, messages[..(_key + 1 + Digest)]);
        messages = pair;
        b.Receive(_within, used, messages[..(_key + 2 * Digest)], bound: 1);
        TValue gap = (_isTree ? b.Local(Segment) : b.Public(0) - b.Local(Segment)) - one;
        b.Send(Buses.Range(Limbs.Bits), used, [gap]);
        b.Send(Buses.Range(Limbs.Bits), used, [b.Constant(32) * gap]);
    }

    /// <summary>The trace.</summary>
    /// <param name="tokens">The rows; keys of a lone element for accounts, of 8 for hashed keys.</param>
    /// <param name="segment">This segment's number; not used for the tree.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    public Trace<F> Generate(ReadOnlySpan<Token> tokens, uint segment, Span<uint> asked, int leastLogRows = 0)
    {
        var trace = new Trace<F>(Used + 1, CircuitRows.Height(tokens.Length, leastLogRows));
        for (int row = 0; row < tokens.Length; row++)
        {
            ref readonly Token token = ref tokens[row];
            for (int i = 0; i < _key; i++) trace[i, row] = token.Key[i];
            trace[Segment, row] = F.FromUInt32(token.Segment);
            for (int i = 0; i < Digest; i++) (trace[Before + i, row], trace[After + i, row]) = (token.Before[i], token.After[i]);
            trace[Used, row] = F.One;
            uint gap = (_isTree ? token.Segment : segment - token.Segment) - 1;
            asked[(int)gap]++;
            asked[(int)(32 * gap)]++;
        }
        return trace;
    }

    /// <summary>The longest message.</summary>
    [InlineArray(MostKey + 2 * Digest)]
    private struct Message<TValue>
    {
        private TValue _first;
    }
}

/// <summary>A row of <see cref="TokenAir"/>.</summary>
/// <param name="Key">An account's number alone, or the 8 elements of a state key; one that is longer is cut.</param>
/// <param name="Segment">Which left the digest before (0: the batch before); for the tree, which left the one after.</param>
/// <param name="Before">The digest before; 0 for none.</param>
/// <param name="After">The digest after.</param>
internal readonly record struct Token(Eight Key, uint Segment, Eight Before, Eight After);
