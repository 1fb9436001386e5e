using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// A micro-header with what makes it final: headers that lead from it to the one that a finalization certificate names.
/// Immutable. Wire form: docs/formats/sharding-replica.md.
/// </summary>
public sealed class CertifiedHeader
{
    /// <summary>The most headers from the header to the certificate's.</summary>
    public const int MaxPath = 256;

    private readonly MicroHeader[] _path;

    internal CertifiedHeader(MicroHeader[] path, OrderingCertificate certificate) => (_path, Certificate) = (path, certificate);

    /// <summary>The header.</summary>
    public MicroHeader Header => _path[0];

    /// <summary>Finalizes the last header of the path.</summary>
    public OrderingCertificate Certificate { get; }

    /// <summary>What the header says of its parent's execution.</summary>
    public BodySource Source => new(Header.Shard, Header.Height - 1, Header.Epoch, Header.ReceiptsRoot);

    /// <summary>Checks path and certificate.</summary>
    /// <param name="committee">The committee of the header's shard and epoch.</param>
    public bool Verify(ShardCommittee committee)
    {
        ArgumentNullException.ThrowIfNull(committee);
        OrderingInstance instance = committee.Instance;
        for (int i = 0; i < _path.Length; i++)
        {
            MicroHeader header = _path[i];
            if (header.Instance != instance.Id || header.ChainId != instance.ChainId || header.Shard != instance.Committee.Shard || header.Epoch != instance.Committee.Epoch) return false;
            if (i > 0 && header.Parent != _path[i - 1].Hash) return false;
        }
        return Header.Kind != MicroBlockKind.Closing && Certificate.Kind == OrderingVoteKind.Finalize && Certificate.Subject == _path[^1].Hash
            && Certificate.Verify(instance, committee.Scheme) == CertificateResult.Valid;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        new WireWriter(output).WriteVarint((ulong)_path.Length);
        foreach (MicroHeader header in _path) header.Write(output);
        Certificate.Write(output);
    }

    /// <summary>Null for any fault; nothing is verified yet.</summary>
    internal static CertifiedHeader? Read(ref WireReader reader)
    {
        if (!reader.TryReadCount(MaxPath, out int count) || count == 0 || count * MicroHeader.Size > reader.Remaining) return null;
        var path = new MicroHeader[count];
        for (int i = 0; i < count; i++)
            if (MicroHeader.Read(ref reader, out path[i]) != ReadResult.Ok) return null;
        return OrderingCertificate.Read(ref reader, out OrderingCertificate certificate) == ReadResult.Ok ? new CertifiedHeader(path, certificate) : null;
    }
}
