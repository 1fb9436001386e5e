using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>
/// A signed payment on the rollup. Well-formed by construction; whether the signature is valid, and whether the
/// sender can pay, is for the transition to say. Wire form: docs/formats/rollups-transfer.md.
/// </summary>
public readonly struct L2Transfer
{
    /// <summary>Length of a public key in bytes: a scheme byte, then X and Y, big-endian.</summary>
    public const int PublicKeySize = P256Signature.PublicKeySize;

    /// <summary>Length of a signature in bytes: a scheme byte, then r and s, big-endian, s in the lower half.</summary>
    public const int SignatureSize = P256Signature.SignatureSize;

    /// <summary>Length in bytes of the wire form: 188.</summary>
    public const int WireSize = UnsignedSize + SignatureSize;

    internal const int UnsignedSize = 1 + 8 + PublicKeySize + AccountAddress.Size + 8 + 8;

    private const byte Version = 0;

    private readonly Bytes65 _publicKey, _signature;

    internal L2Transfer(ulong chainId, in AccountAddress sender, ReadOnlySpan<byte> publicKey, in AccountAddress recipient, ulong amount, ulong nonce, ReadOnlySpan<byte> signature)
    {
        ChainId = chainId;
        Sender = sender;
        Recipient = recipient;
        Amount = amount;
        Nonce = nonce;
        publicKey.CopyTo(_publicKey);
        signature.CopyTo(_signature);
    }

    /// <summary>The rollup this transfer is for.</summary>
    public ulong ChainId { get; }

    /// <summary>The account that pays: the address of <see cref="PublicKey"/>.</summary>
    public AccountAddress Sender { get; }

    /// <summary>The account that receives.</summary>
    public AccountAddress Recipient { get; }

    /// <summary>Units to move.</summary>
    public ulong Amount { get; }

    /// <summary>Number of earlier transfers of the sender that took effect or failed.</summary>
    public ulong Nonce { get; }

    /// <summary>The sender's key, 65 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>65 bytes, over the tag <c>Prozchain L2 transfer v0</c> and the wire form without its signature.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Signature => _signature;

    internal static ReadOnlySpan<byte> SigningTag => "Prozchain L2 transfer v0"u8;

    internal static int SigningSize => SigningTag.Length + UnsignedSize;

    /// <summary>Makes and signs a transfer from the signer's account.</summary>
    public static L2Transfer Create(ISigner signer, ulong chainId, in AccountAddress recipient, ulong amount, ulong nonce)
    {
        ReadOnlySpan<byte> key = signer.PublicKey.Span;
        Span<byte> signature = stackalloc byte[SignatureSize];
        signature.Clear();
        AccountAddress sender = AccountAddress.FromP256Key(key);
        signature[0] = key[0];
        Span<byte> message = stackalloc byte[SigningSize];
        new L2Transfer(chainId, sender, key, recipient, amount, nonce, signature).WriteSigningMessage(message);
        signer.Sign(message, signature);
        return new L2Transfer(chainId, sender, key, recipient, amount, nonce, signature);
    }

    /// <summary>Puts together a transfer that somebody else signed.</summary>
    /// <exception cref="ArgumentException">A wrong length or scheme byte of the public key or the signature.</exception>
    public static L2Transfer FromParts(ulong chainId, ReadOnlySpan<byte> publicKey, in AccountAddress recipient, ulong amount, ulong nonce, ReadOnlySpan<byte> signature)
    {
        AccountAddress sender = AccountAddress.FromP256Key(publicKey);
        if (signature.Length != SignatureSize) throw new ArgumentException($"Expected {SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        if (signature[0] != publicKey[0]) throw new ArgumentException($"Expected scheme {publicKey[0]}, got {signature[0]}.", nameof(signature));
        return new L2Transfer(chainId, sender, publicKey, recipient, amount, nonce, signature);
    }

    /// <summary>Reads the wire form from untrusted bytes.</summary>
    public static TransferReadResult TryRead(ReadOnlySpan<byte> bytes, out L2Transfer transfer)
    {
        transfer = default;
        if (bytes.Length != WireSize) return TransferReadResult.WrongLength;
        if (bytes[0] != Version) return TransferReadResult.UnknownVersion;
        ReadOnlySpan<byte> key = bytes.Slice(9, PublicKeySize);
        ReadOnlySpan<byte> numbers = bytes.Slice(UnsignedSize - 16, 16);
        ReadOnlySpan<byte> signature = bytes[UnsignedSize..];
        if (key[0] != AccountAddress.P256Scheme || signature[0] != key[0]) return TransferReadResult.UnknownScheme;
        if (!AccountAddress.TryRead(bytes.Slice(9 + PublicKeySize, AccountAddress.Size), out AccountAddress recipient) || recipient.Scheme != key[0]) return TransferReadResult.UnknownScheme;
        transfer = new L2Transfer(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]), AccountAddress.FromPublicKey(key), key, recipient,
            BinaryPrimitives.ReadUInt64LittleEndian(numbers), BinaryPrimitives.ReadUInt64LittleEndian(numbers[8..]), signature);
        return TransferReadResult.Ok;
    }

    /// <summary>Writes the wire form, <see cref="WireSize"/> bytes.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        Span<byte> span = output.GetSpan(WireSize);
        WriteUnsigned(span);
        Signature.CopyTo(span[UnsignedSize..]);
        output.Advance(WireSize);
    }

    /// <summary>Keccak-256 of the wire form without its signature, so that re-signing does not make a new transfer.</summary>
    public Digest32 Id()
    {
        Span<byte> bytes = stackalloc byte[UnsignedSize];
        WriteUnsigned(bytes);
        return new Digest32(Hashing.Keccak(bytes));
    }

    internal void WriteSigningMessage(Span<byte> destination)
    {
        SigningTag.CopyTo(destination);
        WriteUnsigned(destination[SigningTag.Length..]);
    }

    private void WriteUnsigned(Span<byte> destination)
    {
        destination[0] = Version;
        BinaryPrimitives.WriteUInt64LittleEndian(destination[1..], ChainId);
        PublicKey.CopyTo(destination[9..]);
        Recipient.CopyTo(destination[(9 + PublicKeySize)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[(UnsignedSize - 16)..], Amount);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[(UnsignedSize - 8)..], Nonce);
    }

    [InlineArray(65)]
    private struct Bytes65
    {
        private byte _first;
    }
}
