using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>What is known of a source that a body names.</summary>
internal enum SourceCheck
{
    /// <summary>A verified header states it.</summary>
    Known,

    /// <summary>No verified header of that height is here: it is to be fetched.</summary>
    Unknown,

    /// <summary>A verified header states something else.</summary>
    Contradicted,
}

/// <summary>
/// What verified certified headers of other shards state of their blocks' receipts, bounded per shard: the oldest go
/// first and can be fetched again.
/// </summary>
internal sealed class RemoteHeaders(ICommitteeDirectory committees, ShardId self, int keepPerShard = 4096)
{
    private readonly Dictionary<ShardId, SortedDictionary<ulong, BodySource>> _known = [];
    private readonly SortedSet<(ShardId Shard, ulong Height, ulong Epoch)> _wanted = [];
    private readonly SortedDictionary<ShardId, FinalityProof> _last = [];

    /// <summary>Sources that some body named and that are not here.</summary>
    public IReadOnlyCollection<(ShardId Shard, ulong Height, ulong Epoch)> Wanted => _wanted;

    /// <summary>The highest header of each shard that was verified here: what its own members may not live to tell the beacon.</summary>
    public IEnumerable<FinalityProof> Last => _last.Values;

    public SourceCheck Check(in BodySource source)
    {
        if (source.Shard == self) return SourceCheck.Contradicted;
        if (TryFind(source.Shard, source.Height, out BodySource known)) return known == source ? SourceCheck.Known : SourceCheck.Contradicted;
        if (_wanted.Count < keepPerShard) _wanted.Add((source.Shard, source.Height, source.Epoch));
        return SourceCheck.Unknown;
    }

    public bool TryFind(ShardId shard, ulong height, out BodySource source)
    {
        source = default;
        return _known.TryGetValue(shard, out SortedDictionary<ulong, BodySource>? ofShard) && ofShard.TryGetValue(height, out source);
    }

    /// <summary>Takes over what an ended parent has verified.</summary>
    public void Inherit(RemoteHeaders parent)
    {
        foreach ((ShardId shard, SortedDictionary<ulong, BodySource> theirs) in parent._known)
        {
            if (shard == self) continue;
            if (!_known.TryGetValue(shard, out SortedDictionary<ulong, BodySource>? ofShard)) _known.Add(shard, ofShard = []);
            foreach ((ulong height, BodySource source) in theirs) ofShard[height] = source;
            while (ofShard.Count > keepPerShard) ofShard.Remove(ofShard.First().Key);
        }
    }

    /// <summary>Takes a header over if its certificate holds; what is known already is not verified again.</summary>
    /// <returns>True if what it states is known now.</returns>
    public bool Add(FinalityProof header)
    {
        BodySource source = BodySource.Of(header.Header);
        // A closing header states nothing of its parent.
        if (source.Shard == self || source.Height == 0 || header.Header.Kind == MicroBlockKind.Closing) return false;
        if (TryFind(source.Shard, source.Height, out BodySource known)) return known == source;
        if (!committees.Counts(header.Header)) return false;
        if (committees.Find(source.Shard, source.Epoch, header.Header.Instance) is not { } committee || header.Verify(committee.Instance, committee.Scheme) != CertificateResult.Valid) return false;
        if (!_known.TryGetValue(source.Shard, out SortedDictionary<ulong, BodySource>? ofShard)) _known.Add(source.Shard, ofShard = []);
        if (ofShard.Count >= keepPerShard) ofShard.Remove(ofShard.First().Key);
        ofShard[source.Height] = source;
        _wanted.RemoveWhere(wanted => wanted.Shard == source.Shard && wanted.Height == source.Height);
        if (!_last.TryGetValue(source.Shard, out FinalityProof? last) || last.Header.Height < header.Header.Height) _last[source.Shard] = header;
        return true;
    }

    /// <summary>The beacon froze a shard's committees: what their headers above a height state is forgotten.</summary>
    public void Freeze(ShardId shard, ulong epoch, ulong height)
    {
        _wanted.RemoveWhere(wanted => wanted.Shard == shard && wanted.Epoch <= epoch && wanted.Height >= height);
        if (_last.TryGetValue(shard, out FinalityProof? last) && last.Header.Epoch <= epoch && last.Header.Height > height) _last.Remove(shard);
        if (!_known.TryGetValue(shard, out SortedDictionary<ulong, BodySource>? ofShard)) return;
        foreach (BodySource source in ofShard.Values.Where(source => source.Epoch <= epoch && source.Height >= height).ToArray()) ofShard.Remove(source.Height);
    }
}
