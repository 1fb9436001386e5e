using System.Buffers;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// A claim about cells that follow each other in a line of a namespaced square: that they stand there, that they are all
/// of their namespace, or that a namespace has none. Of the same content as the proofs of Celestia's nmt. As read
/// from bytes it proves nothing until one of the checks. Immutable. Format: docs/formats/da-namespaced-proof.md.
/// </summary>
public sealed class NamespacedProof
{
    /// <summary>Most nodes of a proof: two for each level.</summary>
    public const int MaxNodes = 20;

    private const byte Version = 0;
    private const int NodeSize = NamespacedHash.NodeSize;
    private readonly byte[] _leaf, _nodes;

    internal NamespacedProof(int start, int end, byte[] leaf, byte[] nodes) => (Start, End, _leaf, _nodes) = (start, end, leaf, nodes);

    private enum Kind : byte
    {
        Range = 0,
        Absence = 1,
        Empty = 2,
    }

    /// <summary>The position of the first cell.</summary>
    public int Start { get; }

    /// <summary>The position after the last cell.</summary>
    public int End { get; }

    /// <summary>True if the claim is that a namespace has no cells.</summary>
    public bool IsAbsence => _leaf.Length > 0 || Start == End;

    /// <summary>Of an absence within the root's namespaces: the node, 90 bytes, of the first cell of a greater one; else empty.</summary>
    public ReadOnlyMemory<byte> Leaf => _leaf;

    /// <summary>The nodes of the greatest subtrees beside the range, from left to right, 90 bytes each.</summary>
    public ReadOnlyMemory<byte> Nodes => _nodes;

    internal static NamespacedProof Empty { get; } = new(0, 0, [], []);

    /// <summary>Checks that cells stand at <see cref="Start"/> to <see cref="End"/> of a line. Cells and proof are untrusted.</summary>
    /// <param name="line">The line.</param>
    /// <param name="root">Its root, 90 bytes, which the caller trusts.</param>
    /// <param name="cells">The cells, one after the other.</param>
    /// <param name="cellSize">Bytes of each.</param>
    public NamespacedCheck VerifyRange(AxisLine line, ReadOnlySpan<byte> root, ReadOnlySpan<byte> cells, int cellSize)
    {
        if (IsAbsence) return NamespacedCheck.WrongCells;
        return Climb(line, root, [], cells, cellSize);
    }

    /// <summary>
    /// Checks that cells are all of a namespace in a line, or, of an <see cref="IsAbsence"/>, that there are none. Cells
    /// and proof are untrusted.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="root">Its root, 90 bytes, which the caller trusts.</param>
    /// <param name="name">The namespace, 29 bytes; not the parity namespace.</param>
    /// <param name="cells">The cells, one after the other; none for an absence.</param>
    /// <param name="cellSize">Bytes of each.</param>
    /// <exception cref="ArgumentException">The namespace is not one of data.</exception>
    public NamespacedCheck VerifyNamespace(AxisLine line, ReadOnlySpan<byte> root, ReadOnlySpan<byte> name, ReadOnlySpan<byte> cells, int cellSize)
    {
        CheckName(name);
        if (Start == End)
        {
            if (root.Length != NodeSize) return NamespacedCheck.WrongRoot;
            if (!cells.IsEmpty) return NamespacedCheck.WrongCells;
            return IsWithin(name, root) ? NamespacedCheck.NotAbsent : NamespacedCheck.Valid;
        }
        return Climb(line, root, name, cells, cellSize);
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)(Start == End ? Kind.Empty : IsAbsence ? Kind.Absence : Kind.Range));
        if (Start == End) return;
        writer.WriteUInt16((ushort)Start);
        writer.WriteUInt16((ushort)End);
        writer.WriteSpan(_leaf);
        writer.WriteVarint((ulong)(_nodes.Length / NodeSize));
        writer.WriteSpan(_nodes);
    }

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out NamespacedProof? proof)
    {
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte kind)) return ReadResult.Truncated;
        if (kind > (byte)Kind.Empty) return ReadResult.OutOfRange;
        if (kind == (byte)Kind.Empty)
        {
            if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
            proof = Empty;
            return ReadResult.Ok;
        }
        if (!reader.TryReadUInt16(out ushort start) || !reader.TryReadUInt16(out ushort end)) return ReadResult.Truncated;
        bool isAbsence = kind == (byte)Kind.Absence;
        if (start >= end || end > 2 * SquareParameters.MaxDataWidth || (isAbsence && end != start + 1)) return ReadResult.OutOfRange;
        if (!reader.TryReadSpan(isAbsence ? NodeSize : 0, out ReadOnlySpan<byte> leaf)) return ReadResult.Truncated;
        ReadResult counted = WireCount.Read(ref reader, source, 0, MaxNodes, out int count);
        if (counted != ReadResult.Ok) return counted;
        if (!reader.TryReadSpan(count * NodeSize, out ReadOnlySpan<byte> nodes)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new NamespacedProof(start, end, leaf.ToArray(), nodes.ToArray());
        return ReadResult.Ok;
    }

    internal static void CheckName(ReadOnlySpan<byte> name)
    {
        if (name.Length != NamespacedHash.NamespaceSize || name.SequenceEqual(NamespacedHash.Parity))
            throw new ArgumentException($"Expected a namespace of {NamespacedHash.NamespaceSize} bytes, not all 0xFF, got {Convert.ToHexStringLower(name)}.", nameof(name));
    }

    internal static bool IsWithin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> node) =>
        NamespacedHash.Min(node).SequenceCompareTo(name) <= 0 && NamespacedHash.Max(node).SequenceCompareTo(name) >= 0;

    private NamespacedCheck Climb(AxisLine line, ReadOnlySpan<byte> root, ReadOnlySpan<byte> name, ReadOnlySpan<byte> cells, int cellSize)
    {
        if (!LineRules.IsWidth(line.Width) || End > line.Width) return NamespacedCheck.OutsideLine;
        if (root.Length != NodeSize) return NamespacedCheck.WrongRoot;
        int count = End - Start;
        if (IsAbsence ? !cells.IsEmpty : cellSize < NamespacedHash.NamespaceSize || cells.Length != (long)count * cellSize) return NamespacedCheck.WrongCells;
        byte[] rented = ArrayPool<byte>.Shared.Rent(count * NodeSize);
        Span<byte> leaves = rented.AsSpan(0, count * NodeSize);
        if (IsAbsence) _leaf.CopyTo(leaves);
        else NamespacedAxisTree.Leaves(line, Start, new ReadOnlyShards(cells, count, cellSize), leaves);
        NamespacedCheck check = new NamespacedClimb(Start, End, IsAbsence, name, leaves, _nodes).Run(line.Width, root);
        ArrayPool<byte>.Shared.Return(rented);
        return check;
    }
}
