using System.Buffers;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// A payload with its author: what the settlement log holds. Well-formed, not yet verified. Wire form:
/// docs/formats/rollups-settlement.md.
/// </summary>
public sealed class SettlementCall
{
    private const byte Version = 0;

    private readonly ReadOnlyMemory<byte> _unsigned;

    private SettlementCall(AccountAddress actor, long sequence, SettlementPayload payload, ReadOnlyMemory<byte> unsigned, ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> signature)
    {
        Actor = actor;
        Sequence = sequence;
        Payload = payload;
        PublicKey = publicKey;
        Signature = signature;
        _unsigned = unsigned;
    }

    /// <summary>The author: the address of <see cref="PublicKey"/>.</summary>
    public AccountAddress Actor { get; }

    /// <summary>Number of the author's earlier calls.</summary>
    public long Sequence { get; }

    /// <summary>What is asked for.</summary>
    public SettlementPayload Payload { get; }

    /// <summary>The author's key, 65 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>65 bytes, over the tag <c>Prozchain settlement v0</c>, the genesis digest and the call without its signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    private static ReadOnlySpan<byte> Tag => "Prozchain settlement v0"u8;

    /// <summary>Encodes and signs a call.</summary>
    /// <param name="signer">The author.</param>
    /// <param name="genesis">Digest of the rollup's genesis, so that a call counts for one rollup only.</param>
    /// <param name="sequence">Number of the author's earlier calls.</param>
    /// <param name="payload">What is asked for.</param>
    public static byte[] Encode(ISigner signer, in Digest32 genesis, long sequence, SettlementPayload payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        var body = new ArrayBufferWriter<byte>();
        payload.Write(new WireWriter(body));
        var output = new ArrayBufferWriter<byte>(body.WrittenCount + 160);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteSpan(signer.PublicKey.Span);
        writer.WriteVarint((ulong)sequence);
        writer.WriteVarint((ulong)body.WrittenCount);
        writer.WriteSpan(body.WrittenSpan);
        Span<byte> signature = stackalloc byte[L2Transfer.SignatureSize];
        signer.Sign(SigningMessage(genesis, output.WrittenSpan), signature);
        writer.WriteSpan(signature);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a call from untrusted bytes: false unless they are its one encoding. The bytes must not change while the call is in use.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out SettlementCall? call)
    {
        call = null;
        var reader = new WireReader(bytes.Span);
        if (!reader.TryReadByte(out byte version) || version != Version) return false;
        if (!reader.TryReadSpan(L2Transfer.PublicKeySize, out ReadOnlySpan<byte> key) || key[0] != AccountAddress.P256Scheme) return false;
        if (!reader.TryReadVarint(out ulong sequence) || sequence > long.MaxValue || !reader.TryReadCount(int.MaxValue, out int length)) return false;
        int start = reader.Offset;
        if (!reader.TryReadSpan(length, out _) || reader.Remaining != L2Transfer.SignatureSize) return false;
        if (SettlementPayload.TryRead(bytes.Slice(start, length)) is not { } payload) return false;
        int end = start + length;
        call = new SettlementCall(AccountAddress.FromPublicKey(key), (long)sequence, payload, bytes[..end], bytes.Slice(1, L2Transfer.PublicKeySize), bytes[end..]);
        return true;
    }

    /// <summary>True when the signature is valid for the rollup with this genesis.</summary>
    public bool Verify(in Digest32 genesis, ISignatureVerifier verifier) =>
        verifier.Verify(PublicKey.Span, SigningMessage(genesis, _unsigned.Span), Signature.Span);

    private static byte[] SigningMessage(in Digest32 genesis, ReadOnlySpan<byte> unsigned)
    {
        var message = new byte[Tag.Length + Digest32.Size + unsigned.Length];
        Tag.CopyTo(message);
        genesis.Span.CopyTo(message.AsSpan(Tag.Length));
        unsigned.CopyTo(message.AsSpan(Tag.Length + Digest32.Size));
        return message;
    }
}
