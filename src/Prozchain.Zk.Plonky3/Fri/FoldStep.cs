using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>A round of folding as the queries see it.</summary>
internal sealed class FoldStep<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    /// <summary>log2 of the values folded into one.</summary>
    public required int LogArity { get; init; }

    /// <summary>For each query, the values beside its own.</summary>
    public required TExt[][] Others { get; init; }

    /// <summary>For each query and the only matrix, salts; empty if there are none.</summary>
    public required TField[][][] Salts { get; init; }

    public required Bytes32[] Siblings { get; init; }

    public static FoldStep<TField, TExt> Read(ref PostcardReader reader, TreeHash<TField> hash, Plonky3Config config)
    {
        int logArity = reader.Byte();
        if (logArity < 1 || logArity > config.MaxLogArity)
        {
            reader.Fail(Plonky3Result.WrongShape);
            logArity = 1;
        }
        return new()
        {
            LogArity = logArity,
            Others = ReadOthers(ref reader, config.Queries, (1 << logArity) - 1),
            Salts = RowOpening<TField>.ReadSalts(ref reader, 1, config),
            Siblings = RowOpening<TField>.ReadSiblings(ref reader, hash, config),
        };
    }

    /// <summary>Writes a step without salts.</summary>
    public void Write(PostcardWriter writer, TreeHash<TField> hash)
    {
        writer.Byte((byte)LogArity);
        writer.Length(Others.Length);
        foreach (TExt[] values in Others) writer.Extensions<TField, TExt>(values);
        hash.WriteDigests(writer, Siblings);
    }

    private static TExt[][] ReadOthers(ref PostcardReader reader, int queries, int count)
    {
        var others = new TExt[reader.Length(queries)][];
        for (int i = 0; i < others.Length; i++) others[i] = reader.Extensions<TField, TExt>(count);
        return others;
    }
}
