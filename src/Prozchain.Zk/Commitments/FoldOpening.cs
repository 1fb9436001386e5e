using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Rows of a fold's tree at the positions of queries. In each row the value at the first of these positions is left out: a
/// verifier has computed it, and puts it in its place before it hashes. Wire form: rows ascending, values in order without the one
/// left out, then the siblings of <see cref="BatchOpening{TField}"/>.
/// </summary>
internal static class FoldOpening<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>The shape of the tree over a codeword of 2^logSize values.</summary>
    public static BatchShape Shape(int logSize, int logArity) => new([new MatrixDimensions(1 << (logSize - logArity), TParameters.Degree << logArity)]);

    /// <summary>The rows of positions, each once; of ascending positions, ascending.</summary>
    public static int[] Rows(ReadOnlySpan<int> positions, int logArity)
    {
        var rows = new List<int>(positions.Length);
        foreach (int position in positions)
            if (rows.Count == 0 || rows[^1] != position >> logArity) rows.Add(position >> logArity);
        return [.. rows];
    }

    /// <summary>The encoding.</summary>
    /// <param name="opening">The rows, whole.</param>
    /// <param name="positions">Ascending, each once.</param>
    /// <param name="logArity">log2 of the values of a row.</param>
    public static byte[] Encode(BatchOpening<TField> opening, ReadOnlySpan<int> positions, int logArity)
    {
        var bytes = new byte[Size(opening.Plan, logArity)];
        Span<byte> to = bytes;
        for (int place = 0, at = 0; place < opening.Plan.Leaves.Length; place++)
        {
            int left = LeftOut(positions, ref at, opening.Plan.Leaves[place], logArity);
            Span<TField> row = opening.SaltedRow(0, place);
            for (int i = 0; i < row.Length; i++)
            {
                if (i / TParameters.Degree == left) continue;
                row[i].Write(to);
                to = to[TField.EncodedSize..];
            }
        }
        MemoryMarshal.AsBytes(opening.Siblings.AsSpan()).CopyTo(to);
        return bytes;
    }

    public static long Size(OpeningPlan plan, int logArity) =>
        (long)plan.Leaves.Length * ((1 << logArity) - 1) * TParameters.Degree * TField.EncodedSize + (long)Bytes32.Size * plan.SiblingCount;

    /// <summary>Fills an opening from untrusted bytes of the right length and from the values left out.</summary>
    /// <param name="source">As many bytes as <see cref="Size"/> says.</param>
    /// <param name="opening">Empty rows of the right plan; filled.</param>
    /// <param name="positions">Ascending, each once.</param>
    /// <param name="values">The value at each position.</param>
    /// <param name="logArity">log2 of the values of a row.</param>
    /// <returns>False if an element is not canonical.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> source, BatchOpening<TField> opening, ReadOnlySpan<int> positions, ReadOnlySpan<Extension<TField, TParameters>> values, int logArity)
    {
        for (int place = 0, at = 0; place < opening.Plan.Leaves.Length; place++)
        {
            int left = LeftOut(positions, ref at, opening.Plan.Leaves[place], logArity);
            Span<TField> row = opening.SaltedRow(0, place);
            for (int i = 0; i < row.Length; i++)
            {
                if (i / TParameters.Degree == left)
                {
                    row[i] = values[at][i % TParameters.Degree];
                    continue;
                }
                if (!TField.TryRead(source[..TField.EncodedSize], out row[i])) return false;
                source = source[TField.EncodedSize..];
            }
        }
        source.CopyTo(MemoryMarshal.AsBytes(opening.Siblings.AsSpan()));
        return true;
    }

    // Moves on to the first position in a row: where in the row the value is left out.
    private static int LeftOut(ReadOnlySpan<int> positions, ref int at, int row, int logArity)
    {
        while (positions[at] >> logArity < row) at++;
        return positions[at] & ((1 << logArity) - 1);
    }
}
