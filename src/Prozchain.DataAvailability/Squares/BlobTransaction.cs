using System.Buffers;
using System.Text.Unicode;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// A transaction together with the blobs that it pays for, as it travels and as a block holds it. Protocol Buffers: tx = 1,
/// blobs = 2, type_id = 3, which is "BLOB"; format: docs/formats/da-celestia-square.md.
/// </summary>
public sealed class BlobTransaction
{
    private readonly Blob[] _blobs;

    /// <summary>Puts both together.</summary>
    /// <param name="transaction">The transaction; its bytes are not looked at. Not copied.</param>
    /// <param name="blobs">At least one.</param>
    /// <exception cref="ArgumentException">There is no blob.</exception>
    public BlobTransaction(ReadOnlyMemory<byte> transaction, params ReadOnlySpan<Blob> blobs)
    {
        if (blobs.IsEmpty) throw new ArgumentException("Expected at least one blob, got none.", nameof(blobs));
        (Transaction, _blobs) = (transaction, blobs.ToArray());
        foreach (Blob blob in _blobs) ArgumentNullException.ThrowIfNull(blob, nameof(blobs));
    }

    private static ReadOnlySpan<byte> TypeId => "BLOB"u8;

    /// <summary>The transaction that pays.</summary>
    public ReadOnlyMemory<byte> Transaction { get; }

    /// <summary>The blobs, at least one.</summary>
    public IReadOnlyList<Blob> Blobs => _blobs;

    /// <summary>Writes the fields in the order of their numbers.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteBytes(1, Transaction.Span);
        foreach (Blob blob in _blobs)
        {
            writer.WriteHeader(2, BlobFields.Size(blob));
            BlobFields.Write(blob, writer);
        }
        writer.WriteBytes(3, TypeId);
    }

    /// <summary>
    /// Reads untrusted bytes; null unless the result is <see cref="BlobTransactionResult.Ok"/>. Transaction and blobs
    /// are views of the source.
    /// </summary>
    public static BlobTransactionResult TryRead(ReadOnlyMemory<byte> source, out BlobTransaction? result)
    {
        result = null;
        if (!TryScan(source.Span, out Scanned found) || !found.HasType) return BlobTransactionResult.NotBlobTransaction;
        if (found.HasUnknown) return BlobTransactionResult.UnknownField;
        if (found.Blobs == 0) return BlobTransactionResult.NoBlobs;
        ReadOnlyMemory<byte> transaction = source[found.Transaction];
        if (TryScan(transaction.Span, out Scanned inner) && inner.HasType) return BlobTransactionResult.Nested;
        var blobs = new List<Blob>();
        var reader = new ProtobufReader(source.Span);
        while (!reader.IsAtEnd && reader.TryReadTag(out int field, out _) && reader.TryReadBytes(out Range value))
        {
            if (field != 2) continue;
            if (!BlobFields.TryRead(source.Span[value], out BlobFields fields)) return BlobTransactionResult.NotBlobTransaction;
            if (!fields.TryGetBlob(source[value], out Blob? blob)) return BlobTransactionResult.BadBlob;
            blobs.Add(blob!);
        }
        result = new BlobTransaction(transaction, [.. blobs]);
        return BlobTransactionResult.Ok;
    }

    // False for bytes that are no message at all. Of a field that occurs twice the last counts, as in any such message.
    private static bool TryScan(ReadOnlySpan<byte> source, out Scanned found)
    {
        found = default;
        var reader = new ProtobufReader(source);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out ProtobufType type)) return false;
            if (type != ProtobufType.Bytes || field > 3)
            {
                if (!reader.TrySkip(field, type)) return false;
                found.HasUnknown = true;
                continue;
            }
            if (!reader.TryReadBytes(out Range value)) return false;
            switch (field)
            {
                case 1:
                    found.Transaction = value;
                    break;
                case 2:
                    if (!BlobFields.TryRead(source[value], out BlobFields fields)) return false;
                    found.HasUnknown |= fields.HasUnknown;
                    found.Blobs++;
                    break;
                default:
                    if (!Utf8.IsValid(source[value])) return false;
                    found.HasType = source[value].SequenceEqual(TypeId);
                    break;
            }
        }
        return true;
    }

    private struct Scanned
    {
        public Range Transaction;
        public int Blobs;
        public bool HasType, HasUnknown;
    }
}
