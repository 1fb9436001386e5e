using System.Buffers;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>A statement that a host signed (docs/formats/ai-receipt.md, versions 1 and 2). Immutable.</summary>
public sealed class InferenceReceipt
{
    private const int MaxKey = 128, MaxSignature = 4096;

    private InferenceReceipt(InferenceStatement statement, ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> signature)
    {
        Statement = statement;
        PublicKey = publicKey;
        Signature = signature;
    }

    /// <summary>What is said.</summary>
    public InferenceStatement Statement { get; }

    /// <summary>Who says it: the key with its scheme byte.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The signature with its scheme byte.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Signs a statement.</summary>
    /// <param name="statement">What is said.</param>
    /// <param name="signer">The host's key.</param>
    /// <exception cref="ArgumentException">The signer's key or signature is longer than receipts have room for.</exception>
    public static InferenceReceipt Sign(InferenceStatement statement, IReceiptSigner signer)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(signer);
        if (signer.PublicKey.Length is 0 or > MaxKey) throw new ArgumentException($"Expected a key of 1 to {MaxKey} bytes, got {signer.PublicKey.Length}.", nameof(signer));
        if (signer.SignatureSize is < 1 or > MaxSignature) throw new ArgumentException($"Expected signatures of 1 to {MaxSignature} bytes, got {signer.SignatureSize}.", nameof(signer));
        var signature = new byte[signer.SignatureSize];
        signer.Sign(Message(statement, signer.PublicKey.Span).Span, signature);
        return new InferenceReceipt(statement, signer.PublicKey.ToArray(), signature);
    }

    /// <summary>Whether the key signed the statement.</summary>
    /// <param name="verifier">Checks signatures.</param>
    public bool IsSigned(IReceiptVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return verifier.Verify(PublicKey.Span, Message(Statement, PublicKey.Span).Span, Signature.Span);
    }

    /// <summary>Writes the one encoding of this receipt.</summary>
    /// <param name="output">Receives it.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        WriteUnsigned(output, Statement, PublicKey.Span);
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)Signature.Length);
        writer.WriteSpan(Signature.Span);
    }

    /// <summary>Reads a receipt. Never throws on hostile bytes. What was read proves nothing until its signature is checked.</summary>
    /// <param name="bytes">A whole encoding, nothing more.</param>
    /// <param name="receipt">The receipt, or null.</param>
    public static ReceiptStatus TryRead(ReadOnlySpan<byte> bytes, out InferenceReceipt? receipt)
    {
        receipt = null;
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte version)) return ReceiptStatus.Malformed;
        if (!InferenceStatement.IsVersion(version)) return ReceiptStatus.UnsupportedVersion;
        if (!reader.TryReadCount(int.MaxValue, out int engine) || !reader.TryReadBytes32(out Bytes32 model) || !reader.TryReadBytes32(out Bytes32 graph)
            || !reader.TryReadBytes32(out Bytes32 input) || !reader.TryReadBytes32(out Bytes32 output)) return ReceiptStatus.Malformed;
        if (!TryReadBytes(ref reader, MaxKey, out byte[] key) || !TryReadBytes(ref reader, MaxSignature, out byte[] signature)) return ReceiptStatus.Malformed;
        if (!reader.IsAtEnd) return ReceiptStatus.TrailingBytes;
        receipt = new InferenceReceipt(new InferenceStatement(model.Span, graph.Span, input.Span, output.Span, engine, version), key, signature);
        return ReceiptStatus.Ok;
    }

    private static bool TryReadBytes(ref WireReader reader, int max, out byte[] bytes)
    {
        bytes = [];
        if (!reader.TryReadCount(max, out int length) || length == 0 || !reader.TryReadSpan(length, out ReadOnlySpan<byte> span)) return false;
        bytes = span.ToArray();
        return true;
    }

    private static Bytes32 Message(InferenceStatement statement, ReadOnlySpan<byte> publicKey)
    {
        var unsigned = new ArrayBufferWriter<byte>();
        WriteUnsigned(unsigned, statement, publicKey);
        return ReceiptHash.Receipt(unsigned.WrittenSpan);
    }

    private static void WriteUnsigned(IBufferWriter<byte> output, InferenceStatement statement, ReadOnlySpan<byte> publicKey)
    {
        var writer = new WireWriter(output);
        writer.WriteByte((byte)statement.Version);
        writer.WriteVarint((ulong)statement.EngineVersion);
        writer.WriteBytes32(statement.Model);
        writer.WriteBytes32(statement.Graph);
        writer.WriteBytes32(statement.Input);
        writer.WriteBytes32(statement.Output);
        writer.WriteVarint((ulong)publicKey.Length);
        writer.WriteSpan(publicKey);
    }
}
