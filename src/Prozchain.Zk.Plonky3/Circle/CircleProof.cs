using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Stark;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>The opening proof over the circle: a first fold of all heights at once, then rounds as over subgroups.</summary>
internal sealed class CircleProof<TExt>(TreeHash<Mersenne31> hash) : PcsProof where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    /// <summary>The commitment of what the first fold folds.</summary>
    public required Bytes32[] FirstCap { get; init; }

    /// <summary>For each height, ascending, the multiple of the vanishing polynomial that is taken off.</summary>
    public required TExt[] Lambdas { get; init; }

    /// <inheritdoc/>
    public override Bytes32[][] RoundCaps => Caps;

    public required Bytes32[][] Caps { get; init; }

    public required Mersenne31[] Witnesses { get; init; }

    public required RowOpening<Mersenne31>[] Inputs { get; init; }

    /// <summary>For each query and height, the value beside its own.</summary>
    public required TExt[][] FirstOthers { get; init; }

    public required Bytes32[] FirstSiblings { get; init; }

    public required FoldStep<Mersenne31, TExt>[] Steps { get; init; }

    public required TExt Final { get; init; }

    public required Mersenne31 QueryWitness { get; init; }

    public static CircleProof<TExt> Read(ref PostcardReader reader, Plonky3Key<Mersenne31, TExt> key)
    {
        TreeHash<Mersenne31> hash = key.Suite.Hash;
        Plonky3Config config = key.Config;
        Bytes32[] firstCap = hash.ReadDigests(ref reader, 1 << config.CapHeight);
        // A height for each table, and the next one for its quotient.
        var lambdas = new TExt[reader.LengthUpTo(2 * key.Tables.Length, TExt.EncodedSize)];
        foreach (ref TExt lambda in lambdas.AsSpan()) lambda = reader.Extension<Mersenne31, TExt>();
        Bytes32[][] caps = FriProof<Mersenne31, TExt>.ReadCaps(ref reader, hash, config);
        return new(hash)
        {
            FirstCap = firstCap,
            Lambdas = lambdas,
            Caps = caps,
            Witnesses = reader.Fields<Mersenne31>(caps.Length),
            Inputs = FriProof<Mersenne31, TExt>.ReadInputs(ref reader, hash, key.RowWidths, config),
            FirstOthers = ReadFirst(ref reader, config.Queries, lambdas.Length),
            FirstSiblings = RowOpening<Mersenne31>.ReadSiblings(ref reader, hash, config),
            Steps = FriProof<Mersenne31, TExt>.ReadSteps(ref reader, hash, caps.Length, config),
            Final = reader.Extension<Mersenne31, TExt>(),
            QueryWitness = reader.Field<Mersenne31>(),
        };
    }

    /// <inheritdoc/>
    public override void Write(PostcardWriter writer)
    {
        hash.WriteDigests(writer, FirstCap);
        writer.Extensions<Mersenne31, TExt>(Lambdas);
        writer.Length(Caps.Length);
        foreach (Bytes32[] cap in Caps) hash.WriteDigests(writer, cap);
        writer.Fields<Mersenne31>(Witnesses);
        writer.Length(Inputs.Length);
        foreach (RowOpening<Mersenne31> input in Inputs) input.Write(writer, hash);
        writer.Length(FirstOthers.Length);
        foreach (TExt[] others in FirstOthers) writer.Extensions<Mersenne31, TExt>(others);
        hash.WriteDigests(writer, FirstSiblings);
        writer.Length(Steps.Length);
        foreach (FoldStep<Mersenne31, TExt> step in Steps) step.Write(writer, hash);
        writer.Extension<Mersenne31, TExt>(Final);
        writer.Field(QueryWitness);
    }

    private static TExt[][] ReadFirst(ref PostcardReader reader, int queries, int heights)
    {
        var others = new TExt[reader.Length(queries)][];
        for (int i = 0; i < others.Length; i++) others[i] = reader.Extensions<Mersenne31, TExt>(heights);
        return others;
    }
}
