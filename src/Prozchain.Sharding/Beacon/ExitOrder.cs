using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// A validator's own order to leave, signed over chain, key and the epoch in which it may be taken, so that it cannot be
/// replayed later. Immutable.
/// </summary>
public sealed class ExitOrder
{
    private ExitOrder(ReadOnlyMemory<byte> publicKey, ulong epoch, ReadOnlyMemory<byte> signature)
    {
        PublicKey = publicKey;
        Epoch = epoch;
        Signature = signature;
    }

    /// <summary>The validator's key with its scheme byte.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The epoch whose blocks may hold the order.</summary>
    public ulong Epoch { get; }

    /// <summary>The validator's signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Makes and signs an order.</summary>
    /// <param name="signer">Holds the validator's key.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="epoch">The current epoch.</param>
    public static ExitOrder Sign(ISigner signer, ulong chainId, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new ExitOrder(signer.PublicKey, epoch, BeaconWire.Sign(signer, Message(signer.PublicKey.Span, chainId, epoch)));
    }

    internal bool IsSigned(ulong chainId, ISignatureVerifier verifier) => verifier.Verify(PublicKey.Span, Message(PublicKey.Span, chainId, Epoch).Span, Signature.Span);

    internal void Write(IBufferWriter<byte> output)
    {
        new WireWriter(output).WriteUInt64(Epoch);
        BeaconWire.WriteBytes(output, PublicKey.Span);
        BeaconWire.WriteBytes(output, Signature.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out ExitOrder order)
    {
        order = null!;
        if (!reader.TryReadUInt64(out ulong epoch)) return ReadResult.Truncated;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] key);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxSignatureBytes, out byte[] signature);
        if (result != ReadResult.Ok) return result;
        order = new ExitOrder(key, epoch, signature);
        return ReadResult.Ok;
    }

    private static Digest Message(ReadOnlySpan<byte> publicKey, ulong chainId, ulong epoch)
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new WireWriter(output);
        writer.WriteUInt64(chainId);
        writer.WriteUInt64(epoch);
        writer.WriteSpan(publicKey);
        return new Digest(Domains.ExitOrder.Hash(output.WrittenSpan));
    }
}
