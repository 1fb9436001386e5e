using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Payments;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// The proof system of contracts/test/TestWord.sol: who proves has executed the batch again out of its record alone, without the
/// state, and gives its word on the batch or on some of its steps.
/// </summary>
internal sealed class RerunProofs(L1Address witness, Secp256k1Signer? signer = null, BatchRerun<Payment, Sha256Tree>? rerun = null) : IProofSystem
{
    private readonly Dictionary<ulong, BatchRecord> _records = [];

    public Digest32 SetupId => World.Root(8);

    public string OnChainVerifier => "TestWord";

    /// <summary>Takes in what a node recorded.</summary>
    public void Add(BatchRecord record) => _records[record.Context.Number] = record;

    /// <summary>Its records, by batch.</summary>
    public IReadOnlyDictionary<ulong, BatchRecord> Records => _records;

    /// <summary>How often it gave its word.</summary>
    public int Made { get; private set; }

    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        BatchRecord record = _records.Values.SingleOrDefault(record => record.Posting.Head == statement.BatchHead) ?? throw new ArgumentException("Expected a statement about a batch that is there.", nameof(statement));
        if (statement.From >= statement.To && statement != statement with { From = 0, To = 0 }) throw new ArgumentException($"Expected steps in order, got {statement.From} to {statement.To}.", nameof(statement));
        Assert.True(rerun!.TryExecute(record, out _));
        Digest32[] leaves = rerun.Leaves(0, out _);
        Digest32 start = statement.From == 0 ? Hashing.Pair(record.PreRoot, record.ExitRootBefore) : After(statement.From), final = statement.To == 0 ? leaves[^1] : After(statement.To);
        if (start != statement.StartLeaf || final != statement.FinalLeaf) throw new ArgumentException("Expected a true statement.", nameof(statement));
        Made++;
        return await L1Signature.SignAsync(signer!, Digest(start, final, statement.Head), cancellationToken);

        Digest32 After(ulong steps) => leaves[Math.Min(steps, (ulong)leaves.Length) - 1];
    }

    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => L1Signature.Recover(Digest(statement.StartLeaf, statement.FinalLeaf, statement.Head), proof) == witness;

    private static Digest32 Digest(in Digest32 start, in Digest32 final, in Digest32 head) => new(Hashing.Keccak([.. start.Span, .. final.Span, .. head.Span]));
}
