using System.Buffers.Binary;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// How bytes of any length fill the k × k data cells: length as 8 bytes little-endian, the bytes, zeros.
/// Format: docs/formats/da-square.md.
/// </summary>
internal static class PayloadFormat
{
    public const int PrefixSize = 8;

    /// <summary>A payload is cut into cells anywhere, so no cell begins with a namespace.</summary>
    public static void CheckTree(IAxisTree? tree)
    {
        if (tree is NamespacedAxisTree)
            throw new ArgumentException("Expected a tree without namespaces for a payload; extend namespaced cells as they are.", nameof(tree));
    }

    public static void Write(ReadOnlySpan<byte> payload, Span<byte> cells)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(cells, (ulong)payload.Length);
        payload.CopyTo(cells[PrefixSize..]);
        cells[(PrefixSize + payload.Length)..].Clear();
    }

    public static PayloadResult TryRead(ReadOnlySpan<byte> cells, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(cells);
        if (length > (ulong)(cells.Length - PrefixSize)) return PayloadResult.BadLength;
        ReadOnlySpan<byte> rest = cells[PrefixSize..];
        if (rest[(int)length..].ContainsAnyExcept((byte)0)) return PayloadResult.BadPadding;
        payload = rest[..(int)length];
        return PayloadResult.Ok;
    }
}
