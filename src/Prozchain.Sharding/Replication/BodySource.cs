using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// What a body relies on of another shard: the receipts root of one of its blocks, as the certified header of the next
/// block states it. Execution takes it from the body; a voter checks it against a header whose certificate it has verified.
/// </summary>
/// <param name="Shard">The other shard.</param>
/// <param name="Height">Height of its block; the header that states the root is that of the next one.</param>
/// <param name="Epoch">Epoch of that header.</param>
/// <param name="ReceiptsRoot">The root.</param>
public readonly record struct BodySource(ShardId Shard, ulong Height, ulong Epoch, Digest ReceiptsRoot)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 3 * sizeof(ulong) + Digest.Size;

    /// <summary>What a final header states.</summary>
    /// <param name="header">The header, of height 1 or above.</param>
    public static BodySource Of(MicroHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return new BodySource(header.Shard, header.Height - 1, header.Epoch, header.ReceiptsRoot);
    }
}
