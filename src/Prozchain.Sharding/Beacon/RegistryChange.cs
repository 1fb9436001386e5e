using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>What a registry change does.</summary>
public enum RegistryChangeKind : byte
{
    /// <summary>No kind; not valid on the wire.</summary>
    None = 0,

    /// <summary>A new validator from the next epoch on.</summary>
    Join = 1,

    /// <summary>No validator any more from the next epoch on.</summary>
    Exit = 2,
}

/// <summary>
/// A validator's own order to join or to leave, effective at the next epoch. Signed by its key over kind, key, stake,
/// chain and the epoch in which it may be taken, so that it cannot be replayed later. Immutable.
/// </summary>
public sealed class RegistryChange
{
    internal const int Size = 1 + SignatureSchemes.P256PublicKeySize + 2 * sizeof(ulong) + SignatureSchemes.P256SignatureSize;

    private RegistryChange(RegistryChangeKind kind, ReadOnlyMemory<byte> publicKey, ulong stake, ulong epoch, ReadOnlyMemory<byte> signature)
    {
        Kind = kind;
        PublicKey = publicKey;
        Stake = stake;
        Epoch = epoch;
        Signature = signature;
    }

    /// <summary>Join or exit.</summary>
    public RegistryChangeKind Kind { get; }

    /// <summary>The validator's key with its scheme byte.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The stake to join with; 0 for an exit.</summary>
    public ulong Stake { get; }

    /// <summary>The epoch whose blocks may hold the change.</summary>
    public ulong Epoch { get; }

    /// <summary>The validator's signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Makes and signs an order to join.</summary>
    /// <param name="signer">Holds the validator's key.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="stake">The stake, at least 1.</param>
    /// <param name="epoch">The current epoch.</param>
    public static RegistryChange Join(ISigner signer, ulong chainId, ulong stake, ulong epoch)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stake);
        return Make(RegistryChangeKind.Join, signer, chainId, stake, epoch);
    }

    /// <summary>Makes and signs an order to leave.</summary>
    /// <param name="signer">Holds the validator's key.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="epoch">The current epoch.</param>
    public static RegistryChange Exit(ISigner signer, ulong chainId, ulong epoch) => Make(RegistryChangeKind.Exit, signer, chainId, 0, epoch);

    internal bool IsSigned(ulong chainId, ISignatureVerifier verifier) =>
        verifier.Verify(PublicKey.Span, Message(Kind, PublicKey.Span, chainId, Stake, Epoch).Span, Signature.Span);

    /// <summary>Leaf in the beacon block's tree of changes: everything but the signature.</summary>
    internal Bytes32 Leaf() => TreeHash.Leaf(Message(Kind, PublicKey.Span, 0, Stake, Epoch).Span);

    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte((byte)Kind);
        writer.WriteSpan(PublicKey.Span);
        writer.WriteUInt64(Stake);
        writer.WriteUInt64(Epoch);
        writer.WriteSpan(Signature.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out RegistryChange change)
    {
        change = null!;
        if (reader.Remaining < Size) return ReadResult.Truncated;
        reader.TryReadByte(out byte kind);
        reader.TryReadSpan(SignatureSchemes.P256PublicKeySize, out ReadOnlySpan<byte> publicKey);
        reader.TryReadUInt64(out ulong stake);
        reader.TryReadUInt64(out ulong epoch);
        reader.TryReadSpan(SignatureSchemes.P256SignatureSize, out ReadOnlySpan<byte> signature);
        if (!SignatureSchemes.IsKnown(publicKey[0]) || !SignatureSchemes.IsKnown(signature[0])) return ReadResult.UnknownScheme;
        // A join brings stake, an exit none: so each order has one form.
        if (kind is not ((byte)RegistryChangeKind.Join or (byte)RegistryChangeKind.Exit) || kind == (byte)RegistryChangeKind.Join != stake > 0)
            return ReadResult.NotCanonical;
        change = new RegistryChange((RegistryChangeKind)kind, publicKey.ToArray(), stake, epoch, signature.ToArray());
        return ReadResult.Ok;
    }

    private static RegistryChange Make(RegistryChangeKind kind, ISigner signer, ulong chainId, ulong stake, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(signer);
        SignatureSchemes.CheckPublicKey(signer.PublicKey.Span, nameof(signer));
        var signature = new byte[SignatureSchemes.P256SignatureSize];
        signer.Sign(Message(kind, signer.PublicKey.Span, chainId, stake, epoch).Span, signature);
        return new RegistryChange(kind, signer.PublicKey, stake, epoch, signature);
    }

    private static Digest Message(RegistryChangeKind kind, ReadOnlySpan<byte> publicKey, ulong chainId, ulong stake, ulong epoch)
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new WireWriter(output);
        writer.WriteUInt64(chainId);
        writer.WriteByte((byte)kind);
        writer.WriteSpan(publicKey);
        writer.WriteUInt64(stake);
        writer.WriteUInt64(epoch);
        return new Digest(Domains.RegistryChange.Hash(output.WrittenSpan));
    }
}
