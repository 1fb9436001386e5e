using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>
/// A settlement layer with blobs, made of one without: a batch in blobs is posted as one in calldata whose bytes are the
/// versioned hashes, so that the Inbox names the same data, and read as what it stands for.
/// </summary>
internal sealed class BlobbedChain : ISettlementChain, IBlobSource
{
    private readonly ISettlementChain _chain;
    private readonly RollupHarness _rollup;
    private readonly HashBlobCommitter _committer = new();
    private readonly Dictionary<Digest32, BlobSidecar[]> _blobs = [];

    public BlobbedChain(SettlementWorld world, RollupHarness rollup)
    {
        (_chain, _rollup) = (world.As(0), rollup);
        Node = NewNode();
    }

    public DerivationNode<Payment, KeccakTree> Node { get; }

    public L1Address Account => _chain.Account;

    public DerivationNode<Payment, KeccakTree> NewNode() => new(_rollup.Rules, this, _rollup.Data, _rollup.NewDeriver, this, _committer);

    public async Task AppendAsync(byte[] source, AbiValue list)
    {
        byte[] blob = new byte[Blob.Size], commitment = new byte[Blob.CommitmentSize], proof = new byte[Blob.CommitmentSize];
        Blob.Pack(source, blob);
        _committer.Commit(blob, commitment);
        _committer.Prove(blob, commitment, proof);
        ChainReceipt receipt = await _rollup.AppendAsync(Blob.VersionedHash(commitment).Span.ToArray(), list: list);
        _blobs[receipt.Transaction] = [new BlobSidecar(blob, commitment, proof)];
    }

    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => _chain.FindBlockAsync(number, finality, cancellationToken);

    public async ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken)
    {
        var read = new List<ChainLog>();
        await _chain.ReadLogsAsync(first, last, contracts, read, cancellationToken);
        foreach (ChainLog log in read)
        {
            bool isBlobbed = _blobs.TryGetValue(log.Transaction, out BlobSidecar[]? blobs) && InboxContract.BatchAppended.TryDecode(log.TopicList(), log.Data, out _) == AbiReadResult.Ok;
            logs.Add(isBlobbed ? InBlobs(log, blobs!.Length) : log);
        }
    }

    public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => _chain.CallAsync(call, cancellationToken);

    public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => _chain.SendAsync(call, cancellationToken);

    public ValueTask<bool> TryFetchAsync(ulong block, Digest32 transaction, int count, ICollection<BlobSidecar> blobs, CancellationToken cancellationToken)
    {
        if (!_blobs.TryGetValue(transaction, out BlobSidecar[]? found)) return ValueTask.FromResult(false);
        foreach (BlobSidecar blob in found.Take(count)) blobs.Add(blob);
        return ValueTask.FromResult(true);
    }

    private static ChainLog InBlobs(ChainLog log, int count)
    {
        InboxContract.BatchAppended.TryDecode(log.TopicList(), log.Data, out AbiValue v);
        AbiValue[] members = [.. v.Items.ToArray()];
        (members[2], members[4]) = ((ulong)InboxDataKind.Blobs, (ulong)(count * Blob.Size));
        (byte[] topics, byte[] data) = InboxContract.BatchAppended.Encode(members);
        return log with { Topics = topics, Data = data, Input = default };
    }
}
