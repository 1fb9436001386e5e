using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.ProvenChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>The records behind the one word that a proven chain keeps, out of its events, some 150 bytes of each batch; whoever was stopped reads them again.</summary>
internal sealed class ProofBook(ISettlementChain chain, L1Address contract, ulong firstBlock)
{
    private readonly SettlementFollower _follower = new(chain, [contract], firstBlock);
    private readonly List<(ulong Block, AbiValue Event, bool IsProof)> _told = [];
    private readonly List<ProvenBatch> _records = [];

    /// <summary>What is proven of each batch, from the first on.</summary>
    public IReadOnlyList<ProvenBatch> Records => _records;

    /// <summary>Reads what is new.</summary>
    public async ValueTask UpdateAsync(CancellationToken cancellationToken)
    {
        while (await _follower.ReadAsync(cancellationToken).ConfigureAwait(false) is { } update)
        {
            if (update.RolledBackTo is { } standing)
            {
                _told.RemoveAll(told => told.Block > standing);
                _records.Clear();
                foreach ((_, AbiValue e, bool isProof) in _told) Apply(e, isProof);
            }
            foreach (ChainLog log in update.Logs)
            {
                Digest32[] topics = log.TopicList();
                bool isProof = C.Proven.TryDecode(topics, log.Data, out AbiValue e) == AbiReadResult.Ok;
                if (!isProof && C.Dropped.TryDecode(topics, log.Data, out e) != AbiReadResult.Ok) continue;
                _told.Add((log.Block, e, isProof));
                Apply(e, isProof);
            }
        }
    }

    /// <summary>The newest of those from `final` on that are so old that they could be final; null for none.</summary>
    public int? Due(ulong final, ulong latest)
    {
        int due = _records.Count - 1;
        while (due >= (int)final && _records[due].ProvenAt > latest) due--;
        return due >= (int)final ? due : null;
    }

    /// <summary>The records from the newest down to a batch's, as calls name them, and the one below.</summary>
    public (AbiValue Links, AbiValue Below) PathTo(int batch)
    {
        var links = new List<AbiValue>();
        for (int i = _records.Count - 1; i >= batch; i--) links.Add(AbiValue.List(_records[i].FinalLeaf, _records[i].ProvenAt));
        return (AbiValue.List([.. links]), batch <= 0 ? default(Digest32) : _records[batch - 1].Record);
    }

    private void Apply(AbiValue e, bool isProof)
    {
        int batch = (int)e[0].ToUInt64();
        if (batch < _records.Count) _records.RemoveRange(batch, _records.Count - batch);
        if (!isProof) return;
        Digest32 state = e[1].ToDigest(), exit = e[2].ToDigest(), leaf = StateChainContract.LeafOf(state, exit);
        ulong provenAt = e[3].ToUInt64();
        _records.Add(new ProvenBatch(state, exit, leaf, provenAt, C.RecordOf((ulong)batch + 1, leaf, provenAt, batch == 0 ? default : _records[^1].Record)));
    }
}

/// <summary>What a proven chain was told of a batch: roots, their leaf, when, and the word of the record.</summary>
internal readonly record struct ProvenBatch(Digest32 StateRoot, Digest32 ExitRoot, Digest32 FinalLeaf, ulong ProvenAt, Digest32 Record);
