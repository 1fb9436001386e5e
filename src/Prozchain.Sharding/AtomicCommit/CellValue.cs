using Prozchain.Shared;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>A cell with its value, or without one.</summary>
/// <param name="Key">The cell.</param>
/// <param name="IsPresent">False for an absent cell, which is not an empty one.</param>
/// <param name="Value">The value, up to 4,096 bytes; empty if absent.</param>
public readonly record struct CellValue(Digest Key, bool IsPresent, ReadOnlyMemory<byte> Value)
{
    internal static CellValue Read(ICellStore store, in Digest key) =>
        store.TryRead(key, out ReadOnlySpan<byte> value) ? new CellValue(key, true, value.ToArray()) : new CellValue(key, false, default);

    internal void Apply(ICellStore store)
    {
        if (IsPresent) store.Write(Key, Value.Span); else store.Erase(Key);
    }

    internal static void WriteAll(WireWriter writer, ReadOnlySpan<CellValue> cells)
    {
        writer.WriteVarint((ulong)cells.Length);
        foreach (CellValue cell in cells)
        {
            writer.WriteBytes32(cell.Key.Bytes);
            writer.WriteVarint(cell.IsPresent ? (ulong)cell.Value.Length + 1 : 0);
            writer.WriteSpan(cell.Value.Span);
        }
    }

    /// <summary>Strictly ascending keys, at most 256; null if the bytes are anything else.</summary>
    internal static CellValue[]? TryReadAll(ref WireReader reader)
    {
        if (!reader.TryReadCount(AtomicLimits.MaxCells, out int count) || count * (Digest.Size + 1) > reader.Remaining) return null;
        var cells = new CellValue[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadCount(AtomicLimits.MaxValueBytes + 1, out int length)) return null;
            if (!reader.TryReadSpan(Math.Max(0, length - 1), out ReadOnlySpan<byte> value)) return null;
            cells[i] = new CellValue(new Digest(key), length > 0, value.ToArray());
            if (i > 0 && cells[i].Key <= cells[i - 1].Key) return null;
        }
        return cells;
    }
}
