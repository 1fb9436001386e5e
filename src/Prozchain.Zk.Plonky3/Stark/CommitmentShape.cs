namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>What a commitment holds.</summary>
internal enum CommitmentKind
{
    Random,
    Main,
    Quotient,
    Preprocessed,
    Lookup,
}

/// <summary>A matrix of a commitment.</summary>
/// <param name="Table">The table that it belongs to.</param>
/// <param name="Width">Columns, blinding ones aside.</param>
/// <param name="Points">Points that it is opened at: the out-of-domain point, and the next.</param>
/// <param name="Chunk">The number of the chunk in a quotient.</param>
internal readonly record struct MatrixShape(int Table, int Width, int Points, int Chunk = 0);

/// <summary>A commitment of the statement: the matrices in its tree.</summary>
internal sealed record CommitmentShape(CommitmentKind Kind, MatrixShape[] Matrices)
{
    /// <summary>The commitments of a statement, in the order in which they are opened.</summary>
    public static CommitmentShape[] Of(TableFacts[] tables, bool hiding, int degree)
    {
        int[] all = [.. Enumerable.Range(0, tables.Length)];
        List<CommitmentShape> shapes = [];
        if (hiding) shapes.Add(new(CommitmentKind.Random, [.. all.Select(i => new MatrixShape(i, degree, 1))]));
        shapes.Add(new(CommitmentKind.Main, [.. all.Select(i => new MatrixShape(i, tables[i].Shape.Width, tables[i].OpensNext ? 2 : 1))]));
        shapes.Add(new(CommitmentKind.Quotient, [.. all.SelectMany(i => Enumerable.Range(0, tables[i].Chunks(hiding)).Select(k => new MatrixShape(i, degree, 1, k)))]));
        MatrixShape[] preprocessed = [.. all.Where(i => tables[i].Shape.PreprocessedWidth > 0).Select(i => new MatrixShape(i, tables[i].Shape.PreprocessedWidth, tables[i].OpensPreprocessedNext ? 2 : 1))];
        if (preprocessed.Length > 0) shapes.Add(new(CommitmentKind.Preprocessed, preprocessed));
        MatrixShape[] lookups = [.. all.Where(i => tables[i].HasLookups).Select(i => new MatrixShape(i, degree * tables[i].LookupColumns, 2))];
        if (lookups.Length > 0) shapes.Add(new(CommitmentKind.Lookup, lookups));
        return [.. shapes];
    }
}
