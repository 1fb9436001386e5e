using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The tables of a batch's proofs and the keys made of them: one for all segments, one for the tree (docs/adr/0044-rollup-circuit.md, section 1).</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal static class BatchCircuit<TCells> where TCells : struct, IPermutationCells<F>
{
    /// <summary>log2 of the rows of the lowest table, one permutation of Keccak, and of the highest, 5,577 signatures.</summary>
    public const int LeastLogRows = 5, MostLogRows = 19;

    /// <summary>log2 of the most tokens of a batch, rows without use among them: 64 segments and the tree.</summary>
    public const int LogTokens = 22;

    /// <summary>Most public messages of a segment: each is of a byte of its rows, or of a row, and some of forced items.</summary>
    public const int MostMessages = 1 << 17;

    private const int Bits = 100, ExtensionDegree = 4;

    /// <summary>What the proofs of a batch exchange.</summary>
    public static SharedBuses Between { get; } = RollupBuses.Between(LogTokens);

    /// <summary>The tables of a segment, as <see cref="SegmentTable"/> counts them.</summary>
    /// <param name="exponent">The least exponent of plain rows, 0 to 24.</param>
    public static IAir[] SegmentAirs(int exponent) =>
    [
        TokenAir.Accounts, TokenAir.Cells, new SpongeAir(), new SpongeLaneAir(), new KeccakAir(), new ParserAir(), new FullRowAir(exponent), new AmountFaultAir(exponent), new PaymentAir(exponent),
        new WideAmountAir(exponent), new TailAir(), new Pow10Air(), new TransactionAir(), new MessageAir<TCells>(), new SignatureAir(), new OneTimeKeyAir<TCells>(), new OneTimeKeyAir<TCells>(), new LedgerAir(),
        new AccountAir<TCells>(1), new CellAir(), new DirectoryAir(), new CompressionAir<TCells>(), new RangeTableAir(Limbs.Bits),
    ];

    /// <summary>The tables of the tree, as <see cref="TreeTable"/> counts them.</summary>
    public static IAir[] TreeAirs() =>
    [
        TokenAir.TreeAccounts, TokenAir.TreeCells, new CloseAir(), new TrieAir<TCells>(1), new GrowthAir<TCells>(), new LeavesAir(), new CellLeavesAir(), new TriePlacesAir(), new CompressionAir<TCells>(),
        new RangeTableAir(Limbs.Bits),
    ];

    /// <summary>The key of some of the tables.</summary>
    /// <param name="airs">The tables.</param>
    /// <param name="messages">Most public messages: <see cref="MostMessages"/>, or none.</param>
    public static StarkKey<F> Key(IAir[] airs, int messages)
    {
        // All keys of a list have one extension.
        StarkShape shape = StarkKey.ShapeOf<F>(airs, LeastLogRows, MostLogRows, shared: Between) with { MaxPublicMessages = messages };
        return StarkKey.Create<F>(airs, StarkParameters.ForTarget(Bits, shape, new() { ExtensionDegrees = [ExtensionDegree] }), shared: Between);
    }
}
