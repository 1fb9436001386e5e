using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// A transfer of wire version 1 as a view into its bytes: chain, validity window, nonce, amount, recipient, sender's key,
/// signature, of any known scheme. The signature is over <see cref="SigningDigest"/>, which binds the chain and the key,
/// and with it the sender's address, but no shard. Wire form: docs/formats/sharding-transfer.md.
/// </summary>
public readonly ref struct TransferView
{
    internal const int KeyAt = RecipientAt + Address.Size;

    private const byte WireVersion = 1;
    private const int ChainAt = 1, ValidUntilAt = 9, NonceAt = 17, AmountAt = 25, RecipientAt = 33;

    private readonly ReadOnlySpan<byte> _bytes;

    private TransferView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The chain that may execute it.</summary>
    public ulong ChainId => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[ChainAt..]);

    /// <summary>The last block time, Unix milliseconds, at which it may be in a block.</summary>
    public long ValidUntilMs => BinaryPrimitives.ReadInt64LittleEndian(_bytes[ValidUntilAt..]);

    /// <summary>The sender's count of earlier transfers.</summary>
    public ulong Nonce => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[NonceAt..]);

    /// <summary>How much, in the network's smallest unit; may be 0.</summary>
    public ulong Amount => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[AmountAt..]);

    /// <summary>To whom.</summary>
    public Address Recipient => new(_bytes[RecipientAt], RecipientCell);

    /// <summary>The recipient's cell in the state.</summary>
    public Digest RecipientCell => new(_bytes.Slice(RecipientAt + 1, Digest.Size));

    /// <summary>The sender's public key with its scheme byte: 65 bytes of scheme 1, 33 of scheme 2.</summary>
    public ReadOnlySpan<byte> PublicKey => _bytes.Slice(KeyAt, SignatureSchemes.PublicKeySizeOf(_bytes[KeyAt]));

    /// <summary>The signature with its scheme byte, 65 bytes.</summary>
    public ReadOnlySpan<byte> Signature => _bytes[SignatureAt..];

    /// <summary>The sender's cell in the state: the digest of the key's address.</summary>
    public Digest SenderCell => new(Domains.Address.Hash(PublicKey));

    /// <summary>What is signed, and the transfer's id: the hash of all bytes before the signature.</summary>
    public Digest SigningDigest => new(Domains.SignedTransfer.Hash(_bytes[..SignatureAt]));

    internal int SignatureAt => KeyAt + SignatureSchemes.PublicKeySizeOf(_bytes[KeyAt]);

    /// <summary>Reads the wire form. Never throws. The signature is not checked here.</summary>
    /// <param name="source">The whole encoding; the view lives as long.</param>
    /// <param name="transfer">The transfer, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out TransferView transfer)
    {
        transfer = default;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] != WireVersion) return ReadResult.UnknownVersion;
        if (source.Length <= KeyAt) return ReadResult.Truncated;
        int keySize = SignatureSchemes.PublicKeySizeOf(source[KeyAt]);
        if (keySize == 0 || SignatureSchemes.PublicKeySizeOf(source[RecipientAt]) == 0) return ReadResult.UnknownScheme;
        int signatureAt = KeyAt + keySize, length = signatureAt + SignatureSchemes.P256SignatureSize;
        if (source.Length < length) return ReadResult.Truncated;
        if (source.Length > length) return ReadResult.TrailingBytes;
        if (source[signatureAt] != source[KeyAt]) return ReadResult.UnknownScheme;
        transfer = new TransferView(source);
        return ReadResult.Ok;
    }

    /// <summary>Makes and signs a transfer.</summary>
    /// <param name="signer">Holds the sender's key.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="amount">How much.</param>
    /// <param name="nonce">The sender's count of earlier transfers.</param>
    /// <param name="validUntilMs">The last block time, Unix milliseconds, at which it may be in a block.</param>
    /// <returns>The wire form.</returns>
    /// <exception cref="ArgumentException">The recipient is no address, or the signer's scheme is unknown.</exception>
    public static byte[] Sign(ISigner signer, ulong chainId, Address recipient, ulong amount, ulong nonce, long validUntilMs)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ReadOnlySpan<byte> key = signer.PublicKey.Span;
        if (key.IsEmpty || key.Length != SignatureSchemes.PublicKeySizeOf(key[0])) throw new ArgumentException($"Expected a public key of a known scheme, got {key.Length} bytes.", nameof(signer));
        if (SignatureSchemes.PublicKeySizeOf(recipient.Scheme) == 0) throw new ArgumentException($"Expected an address of a known scheme, got scheme {recipient.Scheme}.", nameof(recipient));
        byte[] bytes = Assemble(key, chainId, recipient, amount, nonce, validUntilMs);
        var transfer = new TransferView(bytes);
        signer.Sign(transfer.SigningDigest.Span, bytes.AsSpan(transfer.SignatureAt));
        return bytes;
    }

    /// <summary>Puts a transfer together that was signed elsewhere. The signature is not checked here.</summary>
    /// <param name="publicKey">The sender's key, with scheme byte.</param>
    /// <param name="signature">Its signature, with scheme byte.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="amount">How much.</param>
    /// <param name="nonce">The sender's count of earlier transfers.</param>
    /// <param name="validUntilMs">The last block time, Unix milliseconds, at which it may be in a block.</param>
    /// <returns>The wire form.</returns>
    /// <exception cref="ArgumentException">Key, signature or recipient are of no known scheme, or key and signature of two.</exception>
    public static byte[] Assemble(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ulong chainId, Address recipient, ulong amount, ulong nonce, long validUntilMs)
    {
        if (publicKey.IsEmpty || publicKey.Length != SignatureSchemes.PublicKeySizeOf(publicKey[0])) throw new ArgumentException($"Expected a public key of a known scheme, got {publicKey.Length} bytes.", nameof(publicKey));
        if (signature.Length != SignatureSchemes.P256SignatureSize || signature[0] != publicKey[0]) throw new ArgumentException($"Expected {SignatureSchemes.P256SignatureSize} bytes of the key's scheme, got {signature.Length}.", nameof(signature));
        if (SignatureSchemes.PublicKeySizeOf(recipient.Scheme) == 0) throw new ArgumentException($"Expected an address of a known scheme, got scheme {recipient.Scheme}.", nameof(recipient));
        byte[] bytes = Assemble(publicKey, chainId, recipient, amount, nonce, validUntilMs);
        signature.CopyTo(bytes.AsSpan(KeyAt + publicKey.Length));
        return bytes;
    }

    private static byte[] Assemble(ReadOnlySpan<byte> key, ulong chainId, Address recipient, ulong amount, ulong nonce, long validUntilMs)
    {
        var bytes = new byte[KeyAt + key.Length + SignatureSchemes.P256SignatureSize];
        bytes[0] = WireVersion;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ChainAt), chainId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ValidUntilAt), validUntilMs);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(NonceAt), nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(AmountAt), amount);
        recipient.WriteTo(bytes.AsSpan(RecipientAt));
        key.CopyTo(bytes.AsSpan(KeyAt));
        return bytes;
    }
}
