using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Poseidon2 = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The tables of signatures, against the verifier that works on bytes.</summary>
public sealed class SignatureAirTests
{
    [Fact]
    public void Tables_OfSignaturesThatVerify_Balance()
    {
        SampleSignature<Poseidon2>[] samples = SampleSignature<Poseidon2>.All;
        var verifier = new HashVerifier<Poseidon2>();
        foreach (SampleSignature<Poseidon2> sample in samples) Assert.True(verifier.Verify(sample.PublicKey, sample.Message, sample.Signature));
        SignatureWitness[] witnesses = Witnesses();
        Assert.Empty(new SignatureTables<Poseidon2>(witnesses).Checker(witnesses).Faults());
        Assert.Empty(new SignatureTables<Poseidon2>([]).Checker([]).Faults());
        // Seventeen, of which the last is in a table of its own.
        SignatureWitness[] many = [.. Enumerable.Range(0, 17).Select(i => witnesses[i % 3] with { Number = (uint)(100 - i) })];
        TraceChecker<F> checker = new SignatureTables<Poseidon2>(many, OneTimeKeyWriter<Poseidon2>.Generate(many.AsMemory(0, 16), logRows: 11, threads: 2)).Checker(many);
        Assert.NotEmpty(checker.Faults());
        Assert.Empty(checker.Add(new OneTimeKeyAir<Poseidon2>(), OneTimeKeyWriter<Poseidon2>.Generate(many.AsMemory(16))).Faults());
    }

    [Fact]
    public void Tables_OfPoseidon1_Balance()
    {
        SampleSignature<Poseidon1Cells> sample = SampleSignature<Poseidon1Cells>.Low;
        Assert.True(new HashVerifier<Poseidon1Cells>().Verify(sample.PublicKey, sample.Message, sample.Signature));
        SignatureWitness[] witnesses = [sample.Witness(3)];
        Assert.Empty(new SignatureTables<Poseidon1Cells>(witnesses).Checker(witnesses).Faults());
        SignatureWitness[] other = [witnesses[0] with { Index = 1 }];
        Assert.NotEmpty(new SignatureTables<Poseidon1Cells>(other, OneTimeKeyWriter<Poseidon1Cells>.Generate(witnesses)).Checker(other).Faults());
    }

    [Fact]
    public void Graphs_HaveTheFiguresOfTheirDocumentation()
    {
        ConstraintGraph keys = ConstraintGraph.Of(new OneTimeKeyAir<Poseidon2>()), signatures = ConstraintGraph.Of(new SignatureAir());
        Assert.Equal((177, 2, 3), (keys.Shape.Width, keys.Interactions.Count, keys.MaxDegree));
        Assert.Equal((217, 35, 3), (signatures.Shape.Width, signatures.Interactions.Count, signatures.MaxDegree));
        Assert.Equal((1, 2), (signatures.MaxInteractionDegree, keys.MaxInteractionDegree));
        Assert.Equal(94, OneTimeKeyAir<Poseidon2>.Rows(7));
        ConstraintGraph poseidon1 = ConstraintGraph.Of(new OneTimeKeyAir<Poseidon1Cells>());
        Assert.Equal((177, 3, keys.Constraints.Count), (poseidon1.Shape.Width, poseidon1.MaxDegree, poseidon1.Constraints.Count));
        Assert.InRange((double)poseidon1.Nodes.Length / keys.Nodes.Length, 2, 3.5);
    }

    [Fact]
    public void Tables_EveryCell_IsDetermined()
    {
        SignatureWitness[] witnesses = Witnesses();
        CompressionAsks<Poseidon2> asks = new();
        Trace<F> signatures = SignatureWriter.Generate(witnesses, asks, logRows: 3), keys = OneTimeKeyWriter<Poseidon2>.Generate(witnesses);
        var mutator = new TraceMutator<F>(1, rows: 4);
        foreach (SignatureWitness witness in witnesses) mutator.Post(RollupBuses.Signed, BusDirection.Send, F.One, SampleSignature<Poseidon2>.Signed(witness));
        // The last absorption, the first level and the last of the first signature, and rows of the pairs before.
        mutator.Add(new SignatureAir(), signatures, [], 3).Add(new OneTimeKeyAir<Poseidon2>(), keys, [], 91 + 94 + 97, 1, 2, 3, 4, 5, 6, 85, 86, 87, 88, 90, 91)
            .Answer(new CompressionAir<Poseidon2>(), asks.Generate()).Run().AssertAllFound();
    }

    [Fact]
    public void Witness_OfWhatTheVerifierRefuses_IsRefused()
    {
        SampleSignature<Poseidon2> sample = SampleSignature<Poseidon2>.Low;
        var verifier = new HashVerifier<Poseidon2>();
        foreach (int at in new[] { HashSignature.ValuesAt + 7, HashSignature.CounterAt, HashSignature.PathAt + 1, HashSignature.IndexAt })
        {
            byte[] changed = [.. sample.Signature];
            changed[at] ^= 1;
            Assert.False(verifier.Verify(sample.PublicKey, sample.Message, changed));
            Assert.Throws<ArgumentException>(() => OneTimeKeyWriter<Poseidon2>.Generate(new[] { SignatureWitness.Read<Poseidon2>(0, sample.Digest, sample.PublicKey, changed) }));
        }
        Assert.Throws<ArgumentException>(() => SignatureWitness.Read<Poseidon2>(0, sample.Digest, sample.PublicKey, sample.Signature.AsSpan(0, 1345)));
        Assert.Throws<ArgumentException>(() => SignatureWitness.Read<Poseidon2>(0, sample.Digest, sample.PublicKey.AsSpan(1), sample.Signature));
        Assert.Throws<ArgumentException>(() => SignatureWitness.Read<Poseidon2>(0, sample.Digest.AsSpan(1), sample.PublicKey, sample.Signature));
    }

    [Fact]
    public async Task Tables_OfOneSignature_AreProven()
    {
        SignatureWitness witness = SampleSignature<Poseidon2>.Low.Witness(6);
        CompressionAsks<Poseidon2> asks = new();
        IAir[] airs = [new SignatureAir(), new OneTimeKeyAir<Poseidon2>(), new CompressionAir<Poseidon2>(), new SendingAir(RollupBuses.Signed)];
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, minLogRows: 7, maxLogRows: 7)));
        Trace<F> sent = SendingAir.Generate([SampleSignature<Poseidon2>.Signed(witness)], 1 << 7);
        Trace<F>[] traces = [SignatureWriter.Generate(new[] { witness }, asks, logRows: 7), OneTimeKeyWriter<Poseidon2>.Generate(new[] { witness }), asks.Generate(logRows: 7), sent];
        F[][] publicValues = [[], [], [], []];
        StarkProof proof = await StarkProver.ProveAsync(key, traces, publicValues);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof));
    }

    private static SignatureWitness[] Witnesses() => [.. SampleSignature<Poseidon2>.All.Select((sample, i) => sample.Witness((uint)(2 * i + 5)))];
}
