using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Shared;
using Keccak256 = Prozchain.Zk.Hashing.Keccak256;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>What a rollup's proofs are of, besides what each statement says.</summary>
/// <param name="Payments">The rules of its payments, of numbered accounts.</param>
/// <param name="Bridge">The contract whose forced items are deposits.</param>
public sealed record BatchRules(PaymentRules Payments, L1Address Bridge)
{
    private const byte Version = 0;

    /// <summary>Bounds of a batch; more bytes, or rows, are a fault.</summary>
    public BatchLimits Limits { get; init; } = BatchLimits.Default;

    /// <summary>Whether the settlement layer declared the bytes of the batch with this head withheld; null where none are.</summary>
    public Func<Digest32, bool>? IsWithheld { get; init; }

    /// <summary>Names the proofs of these rules: keys (which have permutation, windows and heights), rollup, bounds and version of the rules.</summary>
    internal Digest32 SetupOf(BatchKeys keys)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(bytes);
        writer.WriteSpan("Prozchain rollup proof"u8);
        writer.WriteByte(Version);
        writer.WriteByte(BatchStatement.Protocol);
        writer.WriteSpan(keys.Tree.Key.Digest);
        writer.WriteSpan(keys.Segment.Key.Digest);
        writer.WriteByte(Payments.AmountExponent);
        writer.WriteUInt64(Payments.ChainId);
        writer.WriteSpan(Bridge.Span);
        writer.WriteUInt32((uint)Limits.MaxTransfers);
        writer.WriteUInt32((uint)Limits.MaxBytes);
        Span<byte> digest = stackalloc byte[Digest32.Size];
        Keccak256.Hash(bytes.WrittenSpan, digest);
        return new Digest32(digest);
    }
}
