using System.Buffers;
using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// Rows of a <see cref="BatchCommitment{TField, THash}"/> at many indices, with the siblings that lead to the cap; what
/// indices share is there once. Its claims come out only by verifying. Wire form: docs/formats/zk-merkle.md.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <typeparam name="TField">The field of the elements.</typeparam>
public sealed class BatchOpening<TField> where TField : unmanaged, IField<TField>
{
    private const byte Version = 0;

    private readonly TField[][] _rows;

    internal BatchOpening(OpeningPlan plan)
    {
        Plan = plan;
        Siblings = new Bytes32[plan.SiblingCount];
        _rows = new TField[plan.Shape.Matrices.Length][];
        for (int i = 0; i < _rows.Length; i++) _rows[i] = GC.AllocateUninitializedArray<TField>(plan.Rows(i).Length * plan.Shape.SaltedWidth(i));
    }

    /// <summary>Length in bytes of the encoding.</summary>
    public int EncodedSize => checked((int)Plan.EncodedSize(TField.EncodedSize));

    internal OpeningPlan Plan { get; }

    internal Bytes32[] Siblings { get; }

    /// <summary>Reads an opening from untrusted bytes, of which none may be left over. Allocates once the length is right.</summary>
    /// <param name="source">The encoding.</param>
    /// <param name="shape">The shape, from the statement.</param>
    /// <param name="indices">The indices asked for; with the shape they fix every length.</param>
    /// <param name="opening">The opening, or null.</param>
    /// <returns>Ok, UnsupportedVersion, Truncated, TrailingBytes or NonCanonicalElement.</returns>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, BatchShape shape, ReadOnlySpan<int> indices, out BatchOpening<TField>? opening)
    {
        return TryRead(source, new OpeningPlan(shape, indices), out opening);
    }

    /// <summary>The same, where the plan is there already.</summary>
    internal static ReadResult TryRead(ReadOnlySpan<byte> source, OpeningPlan plan, out BatchOpening<TField>? opening)
    {
        opening = null;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] != Version) return ReadResult.UnsupportedVersion;
        long size = plan.EncodedSize(TField.EncodedSize);
        if (source.Length != size) return source.Length < size ? ReadResult.Truncated : ReadResult.TrailingBytes;
        var read = new BatchOpening<TField>(plan);
        source = source[1..];
        foreach (TField[] rows in read._rows)
        {
            int length = rows.Length * TField.EncodedSize;
            if (!TryRead(source[..length], rows)) return ReadResult.NonCanonicalElement;
            source = source[length..];
        }
        source.CopyTo(MemoryMarshal.AsBytes(read.Siblings.AsSpan()));
        opening = read;
        return ReadResult.Ok;
    }

    /// <summary>Writes the encoding, <see cref="EncodedSize"/> bytes.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Span<byte> target = output.GetSpan(EncodedSize);
        target[0] = Version;
        int at = 1;
        foreach (TField[] rows in _rows)
        {
            Span<byte> encoding = target.Slice(at, rows.Length * TField.EncodedSize);
            at += encoding.Length;
            if (FieldWords.IsSupported<TField>() && BitConverter.IsLittleEndian)
            {
                FieldWords.Encode<TField>(rows, MemoryMarshal.Cast<byte, uint>(encoding));
                continue;
            }
            for (int i = 0; i < rows.Length; i++) rows[i].Write(encoding[(i * TField.EncodedSize)..]);
        }
        MemoryMarshal.AsBytes(Siblings.AsSpan()).CopyTo(target[at..]);
        output.Advance(EncodedSize);
    }

    /// <summary>Checks that the rows lead to the cap, and yields them.</summary>
    /// <param name="cap">The commitment, <see cref="BatchShape.CapSize"/> bytes, from the statement or an earlier message.</param>
    /// <param name="shape">The shape, from the statement.</param>
    /// <param name="indices">The indices asked for.</param>
    /// <param name="rows">The rows if valid, else null.</param>
    /// <returns>Valid, WrongShape, WrongIndex, NonCanonicalElement (a digest that is none) or RootMismatch.</returns>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    public VerifyResult Verify<THash>(ReadOnlySpan<byte> cap, BatchShape shape, ReadOnlySpan<int> indices, out OpenedRows<TField>? rows)
        where THash : struct, IMatrixHash<TField>
    {
        rows = null;
        var plan = new OpeningPlan(shape, indices);
        if (!shape.Equals(Plan.Shape) || cap.Length != shape.CapSize) return VerifyResult.WrongShape;
        return plan.Leaves.AsSpan().SequenceEqual(Plan.Leaves) ? VerifyAsPlanned<THash>(cap, out rows) : VerifyResult.WrongIndex;
    }

    /// <summary>The same for who made the plan.</summary>
    internal VerifyResult VerifyAsPlanned<THash>(ReadOnlySpan<byte> cap, out OpenedRows<TField>? rows)
        where THash : struct, IMatrixHash<TField>
    {
        rows = null;
        VerifyResult result = BatchVerifier<TField, THash>.Verify(this, cap);
        if (result == VerifyResult.Valid) rows = new OpenedRows<TField>(this);
        return result;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, Span<TField> elements)
    {
        if (FieldWords.IsSupported<TField>() && BitConverter.IsLittleEndian) return FieldWords.TryDecode(MemoryMarshal.Cast<byte, uint>(bytes), elements);
        foreach (ref TField element in elements)
        {
            if (!TField.TryRead(bytes[..TField.EncodedSize], out element)) return false;
            bytes = bytes[TField.EncodedSize..];
        }
        return true;
    }

    /// <summary>The opened rows of a matrix one after the other, salts included.</summary>
    internal Span<TField> SaltedRows(int matrix) => _rows[matrix];

    /// <summary>The row at a place among the opened rows of a matrix, salt included.</summary>
    internal Span<TField> SaltedRow(int matrix, int place)
    {
        int width = Plan.Shape.SaltedWidth(matrix);
        return _rows[matrix].AsSpan(place * width, width);
    }
}
