using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>The proof that commitments hold the values claimed of them.</summary>
internal sealed class FriProof<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private const int MostRounds = 30;

    /// <summary>The commitment of each round of folding.</summary>
    public required Bytes32[][] Caps { get; init; }

    public required TField[] Witnesses { get; init; }

    /// <summary>For each commitment of the statement.</summary>
    public required RowOpening<TField>[] Inputs { get; init; }

    public required FoldStep<TField, TExt>[] Steps { get; init; }

    /// <summary>Coefficients, constant term first.</summary>
    public required TExt[] Final { get; init; }

    public required TField QueryWitness { get; init; }

    /// <param name="widths">For each commitment, the columns of its matrices, blinding ones included.</param>
    public static FriProof<TField, TExt> Read(ref PostcardReader reader, TreeHash<TField> hash, int[][] widths, Plonky3Config config)
    {
        Bytes32[][] caps = ReadCaps(ref reader, hash, config);
        return new()
        {
            Caps = caps,
            Witnesses = reader.Fields<TField>(caps.Length),
            Inputs = ReadInputs(ref reader, hash, widths, config),
            Steps = ReadSteps(ref reader, hash, caps.Length, config),
            Final = reader.Extensions<TField, TExt>(1 << config.LogFinalLength),
            QueryWitness = reader.Field<TField>(),
        };
    }

    public void Write(PostcardWriter writer, TreeHash<TField> hash)
    {
        writer.Length(Caps.Length);
        foreach (Bytes32[] cap in Caps) hash.WriteDigests(writer, cap);
        writer.Fields<TField>(Witnesses);
        writer.Length(Inputs.Length);
        foreach (RowOpening<TField> input in Inputs) input.Write(writer, hash);
        writer.Length(Steps.Length);
        foreach (FoldStep<TField, TExt> step in Steps) step.Write(writer, hash);
        writer.Extensions<TField, TExt>(Final);
        writer.Field(QueryWitness);
    }

    public static RowOpening<TField>[] ReadInputs(ref PostcardReader reader, TreeHash<TField> hash, int[][] widths, Plonky3Config config)
    {
        var inputs = new RowOpening<TField>[reader.Length(widths.Length)];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = RowOpening<TField>.Read(ref reader, hash, widths[i], config);
        return inputs;
    }

    public static Bytes32[][] ReadCaps(ref PostcardReader reader, TreeHash<TField> hash, Plonky3Config config)
    {
        var caps = new Bytes32[reader.LengthUpTo(MostRounds)][];
        for (int i = 0; i < caps.Length; i++) caps[i] = hash.ReadDigests(ref reader, 1 << config.CapHeight);
        return caps;
    }

    public static FoldStep<TField, TExt>[] ReadSteps(ref PostcardReader reader, TreeHash<TField> hash, int rounds, Plonky3Config config)
    {
        var steps = new FoldStep<TField, TExt>[reader.Length(rounds)];
        for (int i = 0; i < steps.Length; i++) steps[i] = FoldStep<TField, TExt>.Read(ref reader, hash, config);
        return steps;
    }
}
