using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// The sequencer's signed word that a transaction has a place in a batch, and with it all before it: the running hash binds
/// them (docs/formats/rollups-confirmation.md). Two that contradict each other, or one that the batch contradicts, are a
/// <see cref="ConfirmationFault"/>. A value, not proof of anything until verified.
/// </summary>
/// <param name="ChainId">The rollup's number.</param>
/// <param name="Batch">Number of the batch.</param>
/// <param name="Position">Place among the batch's own transactions, from 0.</param>
/// <param name="Transaction">The transaction's hash.</param>
/// <param name="Running">The running hash after it.</param>
/// <param name="Signature">65 bytes, scheme byte first.</param>
public readonly record struct SoftConfirmation(ulong ChainId, ulong Batch, uint Position, Digest32 Transaction, Digest32 Running, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Length of the wire form in bytes.</summary>
    public const int Size = 1 + StatementSize + P256Signature.SignatureSize;

    private const byte Version = 0;
    private const int StatementSize = 2 * sizeof(ulong) + sizeof(uint) + 2 * Digest32.Size;

    private static ReadOnlySpan<byte> Tag => "Prozchain soft confirmation v0"u8;

    /// <summary>The running hash before a batch's first transaction.</summary>
    public static Digest32 Start(ulong chainId, ulong batch)
    {
        Span<byte> input = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(input, chainId);
        BinaryPrimitives.WriteUInt64LittleEndian(input[sizeof(ulong)..], batch);
        return new Digest32(Hashing.Keccak(input));
    }

    /// <summary>The running hash after one more transaction.</summary>
    public static Digest32 Next(in Digest32 running, in Digest32 transaction)
    {
        Span<byte> input = stackalloc byte[2 * Digest32.Size];
        running.Span.CopyTo(input);
        transaction.Span.CopyTo(input[Digest32.Size..]);
        return new Digest32(Hashing.Keccak(input));
    }

    /// <summary>Signs. Whoever does must have noted first, where a crash does not reach, what it signs.</summary>
    public static SoftConfirmation Sign(ulong chainId, ulong batch, uint position, in Digest32 transaction, in Digest32 running, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var statement = new SoftConfirmation(chainId, batch, position, transaction, running, default);
        var signature = new byte[P256Signature.SignatureSize];
        Span<byte> message = stackalloc byte[Tag.Length + StatementSize];
        statement.WriteMessage(message);
        signer.Sign(message, signature);
        return statement with { Signature = signature };
    }

    /// <summary>Whether the sequencer with this key signed it.</summary>
    public bool IsSigned(ReadOnlySpan<byte> publicKey, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        Span<byte> message = stackalloc byte[Tag.Length + StatementSize];
        WriteMessage(message);
        return verifier.Verify(publicKey, message, Signature.Span);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="destination">At least 150 bytes.</param>
    /// <exception cref="ArgumentException">The signature is not 65 bytes, or there is less room.</exception>
    public void Write(Span<byte> destination)
    {
        if (Signature.Length != P256Signature.SignatureSize || destination.Length < Size) throw new ArgumentException($"Expected {P256Signature.SignatureSize} bytes of signature and room for {Size}, got {Signature.Length} and {destination.Length}.", nameof(destination));
        destination[0] = Version;
        WriteStatement(destination[1..]);
        Signature.Span.CopyTo(destination[(1 + StatementSize)..]);
    }

    /// <summary>Reads untrusted bytes: false unless they are of the one length and the version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SoftConfirmation confirmation)
    {
        confirmation = default;
        if (bytes.Length != Size || bytes[0] != Version) return false;
        bytes = bytes[1..];
        confirmation = new SoftConfirmation(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            new Digest32(bytes.Slice(20, Digest32.Size)), new Digest32(bytes.Slice(52, Digest32.Size)), bytes[StatementSize..].ToArray());
        return true;
    }

    private void WriteMessage(Span<byte> message)
    {
        Tag.CopyTo(message);
        WriteStatement(message[Tag.Length..]);
    }

    private void WriteStatement(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, ChainId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Batch);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], Position);
        Transaction.Span.CopyTo(destination[20..]);
        Running.Span.CopyTo(destination[52..]);
    }
}
