using System.Buffers;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Attesting;

/// <summary>Attestations that this node has verified: the latest of each shard. A later one implies the earlier ones, as attesters sign only what leads on from an attested root.</summary>
internal sealed class AttestationPool(ICommitteeDirectory committees, ISignatureVerifier verifier)
{
    private readonly SortedDictionary<ShardId, AttestationCertificate> _latest = [];

    /// <summary>The latest of each shard, ascending.</summary>
    public IEnumerable<AttestationCertificate> Latest => _latest.Values;

    public AttestationCertificate? Find(ShardId shard) => _latest.GetValueOrDefault(shard);

    /// <summary>The last height of a shard that is attested as far as this node knows; 0 for none.</summary>
    public ulong HeightOf(ShardId shard) => Find(shard)?.Statement.LastHeight ?? 0;

    /// <summary>True if a quorum of the committee in force signed it. What holds and is news is kept.</summary>
    public bool Verify(AttestationCertificate certificate)
    {
        Attestation statement = certificate.Statement;
        if (Find(statement.Shard) is { } known && known.Statement == statement && Encode(known).AsSpan().SequenceEqual(Encode(certificate))) return true;
        if (committees.AttestersOf(statement.Shard, statement.Epoch) is not { Count: > 0 } drawn || certificate.Verify(drawn[^1].Committee, verifier) != AttestationResult.Valid) return false;
        Keep(certificate);
        return true;
    }

    /// <summary>Keeps one that holds, if it is news.</summary>
    public void Keep(AttestationCertificate certificate)
    {
        if (certificate.Statement.LastHeight > HeightOf(certificate.Statement.Shard)) _latest[certificate.Statement.Shard] = certificate;
    }

    private static byte[] Encode(AttestationCertificate certificate)
    {
        var output = new ArrayBufferWriter<byte>();
        certificate.Write(output);
        return output.WrittenSpan.ToArray();
    }
}
