using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>The rows of a commitment that queries open, and the digests that lead from them to its cap.</summary>
internal sealed class RowOpening<TField> where TField : unmanaged, IField<TField>
{
    // Of one query: at most one digest a level and none repeated.
    private const int MostSiblings = 30;

    /// <summary>For each query and matrix, a row.</summary>
    public required TField[][][] Rows { get; init; }

    /// <summary>For each query and matrix, the salts of the row; empty if there are none.</summary>
    public required TField[][][] Salts { get; init; }

    public required Bytes32[] Siblings { get; init; }

    public static RowOpening<TField> Read(ref PostcardReader reader, TreeHash<TField> hash, int[] widths, Plonky3Config config) => new()
    {
        Rows = ReadRows(ref reader, widths, config.Queries),
        Salts = ReadSalts(ref reader, widths.Length, config),
        Siblings = ReadSiblings(ref reader, hash, config),
    };

    public static TField[][][] ReadSalts(ref PostcardReader reader, int matrices, Plonky3Config config)
    {
        if (!config.Hiding) return [];
        int[] widths = new int[matrices];
        Array.Fill(widths, config.Blinds);
        return ReadRows(ref reader, widths, config.Queries);
    }

    public static Bytes32[] ReadSiblings(ref PostcardReader reader, TreeHash<TField> hash, Plonky3Config config) =>
        hash.ReadDigests(ref reader, MostSiblings * config.Queries);

    /// <summary>Writes an opening without salts.</summary>
    public void Write(PostcardWriter writer, TreeHash<TField> hash)
    {
        writer.Length(Rows.Length);
        foreach (TField[][] query in Rows)
        {
            writer.Length(query.Length);
            foreach (TField[] row in query) writer.Fields<TField>(row);
        }
        hash.WriteDigests(writer, Siblings);
    }

    /// <summary>The rows with their salts, as leaves are hashed.</summary>
    public TField[][][] Leaves()
    {
        if (Salts.Length == 0) return Rows;
        var leaves = new TField[Rows.Length][][];
        for (int query = 0; query < leaves.Length; query++)
        {
            leaves[query] = new TField[Rows[query].Length][];
            for (int matrix = 0; matrix < leaves[query].Length; matrix++) leaves[query][matrix] = [.. Rows[query][matrix], .. Salts[query][matrix]];
        }
        return leaves;
    }

    private static TField[][][] ReadRows(ref PostcardReader reader, int[] widths, int queries)
    {
        var rows = new TField[reader.Length(queries)][][];
        for (int query = 0; query < rows.Length; query++)
        {
            rows[query] = new TField[reader.Length(widths.Length)][];
            for (int matrix = 0; matrix < rows[query].Length; matrix++) rows[query][matrix] = reader.Fields<TField>(widths[matrix]);
        }
        return rows;
    }
}
