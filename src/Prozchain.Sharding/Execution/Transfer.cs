using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// An order to move value, signed by the sender. Immutable. Wire form, 188 bytes (docs/formats/sharding-transfer.md):
/// version, chain id, public key, recipient, amount, nonce, signature. The signature is over <see cref="Id"/>, which
/// hashes the 123 bytes before it: a transfer signed twice has one id.
/// </summary>
public sealed class Transfer
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = UnsignedSize + SignatureSchemes.P256SignatureSize;

    private const int UnsignedSize = AmountAt + 2 * sizeof(ulong);
    private const int ChainAt = 1, KeyAt = 9, RecipientAt = KeyAt + SignatureSchemes.P256PublicKeySize, AmountAt = RecipientAt + Address.Size;

    private readonly byte[] _bytes;
    private readonly Digest _id;

    private Transfer(byte[] bytes)
    {
        _bytes = bytes;
        _id = new Digest(Domains.Transfer.Hash(bytes.AsSpan(0, UnsignedSize)));
        Sender = Address.FromPublicKey(PublicKey.Span);
        Recipient = new Address(bytes[RecipientAt], new Digest(bytes.AsSpan(RecipientAt + 1, Digest.Size)));
    }

    /// <summary>Names the transfer; the signature is not part of it.</summary>
    public Digest Id => _id;

    /// <summary>The chain that may execute it.</summary>
    public ulong ChainId => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(ChainAt));

    /// <summary>Whose value moves: the address of <see cref="PublicKey"/>.</summary>
    public Address Sender { get; }

    /// <summary>To whom.</summary>
    public Address Recipient { get; }

    /// <summary>How much, in the network's smallest unit; may be 0.</summary>
    public ulong Amount => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(AmountAt));

    /// <summary>The sender's count of earlier transfers.</summary>
    public ulong Nonce => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(AmountAt + sizeof(ulong)));

    /// <summary>The sender's public key, 65 bytes with its scheme byte.</summary>
    public ReadOnlyMemory<byte> PublicKey => _bytes.AsMemory(KeyAt, SignatureSchemes.P256PublicKeySize);

    /// <summary>The signature over the id's 32 bytes, 65 bytes with its scheme byte.</summary>
    public ReadOnlyMemory<byte> Signature => _bytes.AsMemory(UnsignedSize);

    /// <summary>The wire form.</summary>
    public ReadOnlyMemory<byte> Encoded => _bytes;

    /// <summary>Makes and signs a transfer.</summary>
    /// <param name="signer">Holds the sender's key.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="amount">How much.</param>
    /// <param name="nonce">The sender's count of earlier transfers.</param>
    /// <exception cref="ArgumentException">The recipient is no address, or the signer's scheme is unknown.</exception>
    public static Transfer Sign(ISigner signer, ulong chainId, Address recipient, ulong amount, ulong nonce)
    {
        ArgumentNullException.ThrowIfNull(signer);
        byte[] bytes = Prepare(chainId, signer.PublicKey.Span, recipient, amount, nonce);
        signer.Sign(Domains.Transfer.Hash(bytes.AsSpan(0, UnsignedSize)).Span, bytes.AsSpan(UnsignedSize));
        return new Transfer(bytes);
    }

    /// <summary>Puts a transfer together from its parts, as a wallet elsewhere signed it. The signature is not checked here.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="publicKey">The sender's key, 65 bytes with its scheme byte.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="amount">How much.</param>
    /// <param name="nonce">The sender's count of earlier transfers.</param>
    /// <param name="signature">65 bytes with the scheme byte.</param>
    /// <exception cref="ArgumentException">A part has the wrong length or an unknown scheme.</exception>
    public static Transfer Assemble(ulong chainId, ReadOnlySpan<byte> publicKey, Address recipient, ulong amount, ulong nonce, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSchemes.P256SignatureSize || signature[0] != SignatureSchemes.P256)
            throw new ArgumentException($"Expected {SignatureSchemes.P256SignatureSize} bytes that begin with scheme {SignatureSchemes.P256}, got {signature.Length} bytes.", nameof(signature));
        byte[] bytes = Prepare(chainId, publicKey, recipient, amount, nonce);
        signature.CopyTo(bytes.AsSpan(UnsignedSize));
        return new Transfer(bytes);
    }

    /// <summary>Reads the wire form. Never throws. The signature is not checked here.</summary>
    /// <param name="source">Exactly 188 bytes.</param>
    /// <param name="transfer">The transfer, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out Transfer transfer)
    {
        transfer = null;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] != WireLimits.Version) return ReadResult.UnknownVersion;
        if (source.Length < Size) return ReadResult.Truncated;
        if (source.Length > Size) return ReadResult.TrailingBytes;
        if (source[KeyAt] != SignatureSchemes.P256 || source[RecipientAt] != SignatureSchemes.P256 || source[UnsignedSize] != SignatureSchemes.P256)
            return ReadResult.UnknownScheme;
        transfer = new Transfer(source.ToArray());
        return ReadResult.Ok;
    }

    internal static ReadResult Read(ref WireReader reader, out Transfer transfer)
    {
        transfer = null!;
        return reader.TryReadSpan(Size, out ReadOnlySpan<byte> bytes) ? TryRead(bytes, out transfer!) : ReadResult.Truncated;
    }

    internal SignedMessage ToSignedMessage() => new(PublicKey, _id.Span.ToArray(), Signature);

    private static byte[] Prepare(ulong chainId, ReadOnlySpan<byte> publicKey, in Address recipient, ulong amount, ulong nonce)
    {
        SignatureSchemes.CheckPublicKey(publicKey, nameof(publicKey));
        if (!SignatureSchemes.IsKnown(recipient.Scheme)) throw new ArgumentException($"Expected an address of a known scheme, got scheme {recipient.Scheme}.", nameof(recipient));
        var bytes = new byte[Size];
        bytes[0] = WireLimits.Version;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ChainAt), chainId);
        publicKey.CopyTo(bytes.AsSpan(KeyAt));
        recipient.WriteTo(bytes.AsSpan(RecipientAt));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AmountAt), amount);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AmountAt + sizeof(ulong)), nonce);
        return bytes;
    }
}
