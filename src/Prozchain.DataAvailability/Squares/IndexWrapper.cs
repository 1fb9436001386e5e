using System.Buffers;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// A transaction that pays for blobs as the square holds it: with the share at which each of its blobs begins. Protocol
/// Buffers: tx = 1, share_indexes = 2, type_id = 3, which is "INDX".
/// </summary>
public sealed class IndexWrapper
{
    /// <summary>Most blobs of a transaction: the shares of the largest square.</summary>
    public const int MaxIndexes = SquareParameters.MaxDataWidth * SquareParameters.MaxDataWidth;

    private const int TypeSize = 4;

    // Where a place is not known yet, it is taken to need as many bytes as any.
    private const int WorstIndexSize = 3;

    private readonly uint[] _indexes;

    internal IndexWrapper(ReadOnlyMemory<byte> transaction, uint[] indexes) => (Transaction, _indexes) = (transaction, indexes);

    private static ReadOnlySpan<byte> TypeId => "INDX"u8;

    /// <summary>The transaction itself.</summary>
    public ReadOnlyMemory<byte> Transaction { get; }

    /// <summary>The share at which each blob begins, counted from the first of the square, row by row.</summary>
    public ReadOnlyMemory<uint> ShareIndexes => _indexes;

    /// <summary>Writes the fields in the order of their numbers, the indexes packed.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteBytes(1, Transaction.Span);
        int packed = 0;
        foreach (uint index in _indexes) packed += WireWriter.VarintLength(index);
        if (packed > 0) writer.WriteHeader(2, packed);
        foreach (uint index in _indexes) writer.WriteVarint(index);
        writer.WriteBytes(3, TypeId);
    }

    /// <summary>
    /// Reads untrusted bytes: false unless they are a message with this type and no other fields. The transaction is
    /// a view of the source.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> source, out IndexWrapper? wrapper)
    {
        wrapper = null;
        ReadOnlyMemory<byte> transaction = default;
        var indexes = new List<uint>();
        bool typed = false;
        var reader = new ProtobufReader(source.Span);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out ProtobufType type)) return false;
            if (field == 2 && type == ProtobufType.Varint)
            {
                if (!reader.TryReadVarint(out ulong index) || !Add(indexes, index)) return false;
                continue;
            }
            if (type != ProtobufType.Bytes || !reader.TryReadBytes(out Range value)) return false;
            switch (field)
            {
                case 1: transaction = source[value]; break;
                case 2: if (!TryUnpack(source.Span[value], indexes)) return false; break;
                case 3: typed = source.Span[value].SequenceEqual(TypeId); break;
                default: return false;
            }
        }
        if (typed) wrapper = new IndexWrapper(transaction, [.. indexes]);
        return typed;
    }

    /// <summary>Bytes with places that are not known yet.</summary>
    internal static long WorstSize(long transactionLength, long blobs) =>
        ProtobufWriter.BytesSize(transactionLength) + ProtobufWriter.BytesSize(WorstIndexSize * blobs) + ProtobufWriter.BytesSize(TypeSize);

    private static bool TryUnpack(ReadOnlySpan<byte> packed, List<uint> indexes)
    {
        var reader = new ProtobufReader(packed);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadVarint(out ulong index) || !Add(indexes, index)) return false;
        }
        return true;
    }

    private static bool Add(List<uint> indexes, ulong index)
    {
        if (indexes.Count == MaxIndexes || index >= MaxIndexes) return false;
        indexes.Add((uint)index);
        return true;
    }
}
