using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>A proof apart from the opening proof, which its reader leaves to the polynomial commitment.</summary>
internal sealed class StarkProof<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public Bytes32[] MainCap = [], LookupCap = [], QuotientCap = [], RandomCap = [];

    public OpenedTable<TExt>[] Opened = [];

    /// <summary>For each commitment, matrix and point, the values of the blinding columns; empty if there are none.</summary>
    public TExt[][][][] Blinds = [];

    public PcsProof? Opening;

    /// <summary>What the lookups of each table sum up to, where it has some.</summary>
    public TExt[] Terminals = [];

    /// <summary>log2 of each table's committed rows, before the blowup.</summary>
    public int[] DegreeBits = [];

    public static StarkProof<TField, TExt> Read(ref PostcardReader reader, Plonky3Key<TField, TExt> key)
    {
        var proof = new StarkProof<TField, TExt>();
        TreeHash<TField> hash = key.Suite.Hash;
        bool isBatch = key.Protocol == Plonky3Protocol.Batch;
        int capSize = 1 << key.Config.CapHeight;
        proof.MainCap = hash.ReadDigests(ref reader, capSize);
        if (isBatch && reader.Option(key.HasLookups)) proof.LookupCap = hash.ReadDigests(ref reader, capSize);
        proof.QuotientCap = hash.ReadDigests(ref reader, capSize);
        if (reader.Option(key.Config.Hiding)) proof.RandomCap = hash.ReadDigests(ref reader, capSize);
        proof.Opened = new OpenedTable<TExt>[isBatch ? reader.Length(key.Tables.Length) : 1];
        for (int i = 0; i < proof.Opened.Length; i++) proof.Opened[i] = ReadTable(ref reader, key, key.Tables[i], isBatch);
        if (key.Config.Hiding) proof.Blinds = ReadBlinds(ref reader, key);
        proof.Opening = key.Pcs.Read(ref reader, key);
        if (isBatch) proof.Terminals = ReadTerminals(ref reader, key.Tables);
        proof.DegreeBits = new int[isBatch ? reader.Length(key.Tables.Length) : 1];
        foreach (ref int bits in proof.DegreeBits.AsSpan()) bits = (int)Math.Min(reader.Varint(), 64);
        reader.Finish();
        return proof;
    }

    public void Write(PostcardWriter writer, Plonky3Key<TField, TExt> key)
    {
        TreeHash<TField> hash = key.Suite.Hash;
        bool isBatch = key.Protocol == Plonky3Protocol.Batch;
        hash.WriteDigests(writer, MainCap);
        if (isBatch) WriteOption(writer, hash, LookupCap);
        hash.WriteDigests(writer, QuotientCap);
        WriteOption(writer, hash, RandomCap);
        if (isBatch) writer.Length(Opened.Length);
        foreach (OpenedTable<TExt> table in Opened) WriteTable(writer, table, isBatch);
        Opening!.Write(writer);
        if (isBatch)
        {
            writer.Length(Terminals.Length);
            for (int i = 0; i < Terminals.Length; i++)
            {
                writer.Byte(key.Tables[i].HasLookups ? (byte)1 : (byte)0);
                if (key.Tables[i].HasLookups) writer.Extension<TField, TExt>(Terminals[i]);
            }
            writer.Length(DegreeBits.Length);
        }
        foreach (int bits in DegreeBits) writer.Length(bits);
    }

    private static OpenedTable<TExt> ReadTable(ref PostcardReader reader, Plonky3Key<TField, TExt> key, TableFacts table, bool isBatch)
    {
        var opened = new OpenedTable<TExt> { Trace = reader.Extensions<TField, TExt>(table.Shape.Width) };
        if (reader.Option(table.OpensNext)) opened.TraceNext = reader.Extensions<TField, TExt>(table.Shape.Width);
        bool hasPreprocessed = table.Shape.PreprocessedWidth > 0;
        if (reader.Option(hasPreprocessed)) opened.Preprocessed = reader.Extensions<TField, TExt>(table.Shape.PreprocessedWidth);
        if (reader.Option(hasPreprocessed && table.OpensPreprocessedNext)) opened.PreprocessedNext = reader.Extensions<TField, TExt>(table.Shape.PreprocessedWidth);
        opened.Chunks = new TExt[reader.Length(table.Chunks(key.Config.Hiding))][];
        for (int i = 0; i < opened.Chunks.Length; i++) opened.Chunks[i] = reader.Extensions<TField, TExt>(TExt.Degree);
        if (reader.Option(key.Config.Hiding)) opened.Random = reader.Extensions<TField, TExt>(TExt.Degree);
        if (!isBatch) return opened;
        opened.Lookup = reader.Extensions<TField, TExt>(TExt.Degree * table.LookupColumns);
        opened.LookupNext = reader.Extensions<TField, TExt>(TExt.Degree * table.LookupColumns);
        return opened;
    }

    private static TExt[][][][] ReadBlinds(ref PostcardReader reader, Plonky3Key<TField, TExt> key)
    {
        var blinds = new TExt[reader.Length(key.Commitments.Length)][][][];
        for (int i = 0; i < blinds.Length; i++)
        {
            MatrixShape[] matrices = key.Commitments[i].Matrices;
            blinds[i] = new TExt[reader.Length(matrices.Length)][][];
            for (int m = 0; m < blinds[i].Length; m++)
            {
                blinds[i][m] = new TExt[reader.Length(matrices[m].Points)][];
                for (int p = 0; p < blinds[i][m].Length; p++) blinds[i][m][p] = reader.Extensions<TField, TExt>(key.Config.Blinds);
            }
        }
        return blinds;
    }

    private static TExt[] ReadTerminals(ref PostcardReader reader, TableFacts[] tables)
    {
        var terminals = new TExt[reader.Length(tables.Length)];
        for (int i = 0; i < terminals.Length; i++)
            if (reader.Option(tables[i].HasLookups)) terminals[i] = reader.Extension<TField, TExt>();
        return terminals;
    }

    private static void WriteTable(PostcardWriter writer, OpenedTable<TExt> table, bool isBatch)
    {
        writer.Extensions<TField, TExt>(table.Trace);
        foreach (TExt[] values in (TExt[][])[table.TraceNext, table.Preprocessed, table.PreprocessedNext])
        {
            writer.Byte(values.Length > 0 ? (byte)1 : (byte)0);
            if (values.Length > 0) writer.Extensions<TField, TExt>(values);
        }
        writer.Length(table.Chunks.Length);
        foreach (TExt[] chunk in table.Chunks) writer.Extensions<TField, TExt>(chunk);
        writer.Byte(0);
        if (!isBatch) return;
        writer.Extensions<TField, TExt>(table.Lookup);
        writer.Extensions<TField, TExt>(table.LookupNext);
    }

    private static void WriteOption(PostcardWriter writer, TreeHash<TField> hash, Bytes32[] cap)
    {
        writer.Byte(cap.Length > 0 ? (byte)1 : (byte)0);
        if (cap.Length > 0) hash.WriteDigests(writer, cap);
    }
}
