namespace Prozchain.Zk.Tests.Stark;

/// <summary>
/// Where each known way to make a STARK unsound has its negative test.
/// Of 11 there is no verifier in a circuit yet, which could differ from this one; circuits with hints, decompositions and ranges that are not
/// constrained are the forged traces of the shipped AIRs. 13, one hash in two roles, is that of the trees and of the transcript.
/// Of 14 there are no keys, points or subgroups of Groth16 yet; that no other bytes are the same proof holds here too, and public values are
/// elements by their type, with one encoding.
/// </summary>
public sealed class PitfallIndexTests
{
    private static readonly Dictionary<int, Type[]> s_tests = new()
    {
        [1] = [typeof(BoundTranscriptTests), typeof(ForgedOpeningTests)],
        [2] = [typeof(BoundTranscriptTests)],
        [3] = [typeof(LowDegreePitfallTests)],
        [4] = [typeof(LowDegreePitfallTests)],
        [5] = [typeof(LowDegreePitfallTests)],
        [6] = [typeof(LowDegreePitfallTests)],
        [7] = [typeof(LowDegreePitfallTests)],
        [8] = [typeof(LookupPitfallTests), typeof(KeyLimitsTests)],
        [9] = [typeof(ProofBytesTests), typeof(KeyLimitsTests)],
        [10] = [typeof(BoundTranscriptTests), typeof(KeyLimitsTests)],
        [11] = [typeof(Prozchain.Zk.Tests.Airs.ForgedTraceTests)],
        [12] = [typeof(BoundTranscriptTests)],
        [13] = [typeof(BatchOpeningTests), typeof(MerkleTreeTests<>), typeof(TranscriptLaws<>)],
        [14] = [typeof(ProofBytesTests), typeof(KoalaBearTests)],
        [15] = [typeof(HidingTests)],
        [16] = [typeof(KeyLimitsTests)],
    };

    [Fact]
    public void AllAreTested()
    {
        Assert.Empty(Enumerable.Range(1, 16).Except(s_tests.Keys));
        foreach (Type type in s_tests.Values.SelectMany(types => types))
            Assert.Contains(type.GetMethods(), method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0);
    }
}
